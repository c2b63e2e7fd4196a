//! Downloads published packages with `pip`, so that the user's registry settings apply.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

/// Downloads the wheel that satisfies `requirement` into `dir`, without its dependencies.
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
    let mut files = files.flatten().map(|file| file.path());
    let wheel = files.find(|path| path.extension().is_some_and(|it| it == "whl"));
    wheel.with_context(|| format!("pip download {requirement}: no .whl file arrived"))
}

/// The last line of the output, which has the reason.
fn reason(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let line = stderr.lines().rfind(|line| !line.trim().is_empty());
    line.unwrap_or("no reason given").trim().to_owned()
}
