//! `cargo xtask validate-openapi`: runs an independent validator on `spec/openapi.json`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::PATH;
use crate::official::python_environment;

/// The validator, as `pip` names it.
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";

/// Installs the validator into a temporary environment and runs it; whether the document is valid.
///
/// # Errors
/// The validator cannot be installed or started.
pub fn run(root: &Path) -> Result<bool> {
    let dir = tempfile::tempdir()?;
    let python = python_environment(dir.path(), &[VALIDATOR.as_ref()]).context(VALIDATOR)?;
    let valid = Command::new(&python)
        .args(["-m", "openapi_spec_validator", "--schema", "3.0"])
        .arg(root.join("spec").join(PATH))
        .status();
    Ok(valid.context("openapi-spec-validator")?.success())
}
