//! Published packages through the ordinary client, so that a user's registry settings apply.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

use crate::official::succeed;

/// Every published version of `package`, oldest first.
pub fn versions(package: &str) -> Result<Vec<String>> {
    let output = Command::new("python3")
        .args(["-m", "pip", "index", "versions", package])
        .arg("--disable-pip-version-check")
        .output()
        .context("python3 -m pip index versions")?;
    if !output.status.success() {
        bail!("pip index versions {package}: {}", reason(&output));
    }
    let stdout = String::from_utf8_lossy(&output.stdout);
    let mut lines = stdout.lines();
    let listed = lines.find_map(|line| line.strip_prefix("Available versions:"));
    let listed = listed.with_context(|| format!("pip index versions {package}: none listed"))?;
    let mut versions: Vec<_> = listed.split(',').map(|v| v.trim().to_owned()).collect();
    versions.reverse();
    Ok(versions)
}

/// Puts the wheel that satisfies `requirement` into `dir`, without its dependencies.
pub fn download(requirement: &str, dir: &Path) -> Result<PathBuf> {
    let output = Command::new("python3")
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ])
        .args(["--only-binary=:all:", "--dest"])
        .arg(dir)
        .arg(requirement)
        .output()
        .context("python3 -m pip download")?;
    if !output.status.success() {
        bail!("pip download {requirement}: {}", reason(&output));
    }
    let files = std::fs::read_dir(dir).with_context(|| dir.display().to_string())?;
    let mut wheels = files
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|e| e == "whl"));
    wheels
        .next()
        .with_context(|| format!("pip download {requirement}: no wheel arrived"))
}

/// A virtual environment in `dir`, made unless there is one, in which `requirements`, arguments of
/// `pip install`, are installed; the path of its interpreter.
pub fn environment(dir: &Path, requirements: &[&OsStr]) -> Result<PathBuf> {
    let interpreter = dir.join("bin/python");
    if !interpreter.exists() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(dir))?;
    }
    succeed(
        Command::new(&interpreter)
            .args(["-m", "pip", "install", "--quiet"])
            .arg("--disable-pip-version-check")
            .args(requirements),
    )?;
    Ok(interpreter)
}

/// The last line is the one that says why.
fn reason(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let line = stderr.lines().rfind(|line| !line.trim().is_empty());
    line.unwrap_or("no reason given").trim().to_owned()
}
