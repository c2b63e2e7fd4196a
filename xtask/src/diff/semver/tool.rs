//! Runs `cargo-semver-checks`.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::diff::change::Bump;

const INSTALL: &str = "cargo semver-checks is needed: `cargo install cargo-semver-checks --locked`";

fn command() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.args(["semver-checks", "--color", "never"]);
    cargo
}

/// Name and version of the tool.
pub fn version() -> Result<String> {
    let output = command().arg("--version").output().context(INSTALL)?;
    ensure!(output.status.success(), "{INSTALL}");
    let version = String::from_utf8_lossy(&output.stdout);
    Ok(version.trim().to_owned())
}

/// The bump that going from one rustdoc JSON file to the other asks for.
pub fn required(old: &Path, new: &Path) -> Result<Bump> {
    let output = command()
        .arg("--baseline-rustdoc")
        .arg(old)
        .arg("--current-rustdoc")
        .arg(new)
        .stdin(Stdio::null())
        .output()
        .context(INSTALL)?;
    let text = String::from_utf8_lossy(&output.stderr);
    let summary = text
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("Summary"));
    match summary {
        Some(line) if line.contains("requires new major version") => Ok(Bump::Major),
        Some(line) if line.contains("requires new minor version") => Ok(Bump::Minor),
        Some(line) if line.contains("no semver update required") => Ok(Bump::None),
        _ => bail!("cargo semver-checks: {}", text.trim()),
    }
}
