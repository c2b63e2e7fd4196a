//! `cargo xtask validate-openapi`: what somebody else's validator says of `spec/openapi.json`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::PATH;

/// The validator, from the registry that pip is set up for.
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";

/// Installs the validator into an environment of its own, and runs it.
///
/// # Errors
/// When it cannot be installed or run.
pub fn run(root: &Path) -> Result<bool> {
    let dir = tempfile::tempdir()?;
    let python = dir.path().join("bin").join("python");
    let made = Command::new("python3")
        .args(["-m", "venv"])
        .arg(dir.path())
        .status();
    ensure!(
        made.context("python3 -m venv")?.success(),
        "python3 -m venv failed"
    );
    let installed = Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            VALIDATOR,
        ])
        .status();
    ensure!(
        installed.context("pip install")?.success(),
        "pip install {VALIDATOR} failed"
    );
    let valid = Command::new(&python)
        .args(["-m", "openapi_spec_validator", "--schema", "3.0"])
        .arg(root.join("spec").join(PATH))
        .status();
    Ok(valid.context("openapi-spec-validator")?.success())
}
