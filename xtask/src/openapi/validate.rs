//! `cargo xtask validate-openapi`: what somebody else's validator says of `spec/openapi.json`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::PATH;
use crate::pip;

/// The validator, from the registry that pip is set up for.
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";

/// Installs the validator into an environment of its own, and runs it.
///
/// # Errors
/// When it cannot be installed or run.
pub fn run(root: &Path) -> Result<bool> {
    let dir = tempfile::tempdir()?;
    let python = pip::environment(dir.path(), &[VALIDATOR.as_ref()]).context(VALIDATOR)?;
    let valid = Command::new(&python)
        .args(["-m", "openapi_spec_validator", "--schema", "3.0"])
        .arg(root.join("spec").join(PATH))
        .status();
    Ok(valid.context("openapi-spec-validator")?.success())
}
