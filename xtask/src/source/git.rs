//! Reads `spec/proto` of a git revision without touching the working tree.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::compile::Sources;
use crate::{refresh, tree};

const DIR: &str = "spec/proto/";

/// The `.proto` files at `revision` by import path; `None` if there is no such revision.
pub fn proto_sources(root: &Path, revision: &str) -> Result<Option<Sources>> {
    // Git would parse an argument that begins with a dash as an option.
    if revision.starts_with('-') {
        return Ok(None);
    }
    let commit = Command::new("git")
        .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
        .arg(format!("{revision}^{{commit}}"))
        .current_dir(root)
        .output()
        .context("git rev-parse")?;
    if !commit.status.success() {
        return Ok(None);
    }
    let commit = String::from_utf8_lossy(&commit.stdout).trim().to_owned();
    let archive = Command::new("git")
        .args(["archive", "--format=tar", &commit, "--", DIR])
        .current_dir(root)
        .output()
        .context("git archive")?;
    if !archive.status.success() {
        bail!("{revision}: it has no {DIR}");
    }
    let unpacked = tempfile::tempdir()?;
    let mut archive = tar::Archive::new(archive.stdout.as_slice());
    archive.unpack(unpacked.path()).context("git archive")?;
    let spec = tree::read(&unpacked.path().join("spec"))?;
    let sources = refresh::proto_sources(&spec).with_context(|| revision.to_owned())?;
    if sources.is_empty() {
        bail!("{revision}: it has no .proto file in {DIR}");
    }
    Ok(Some(sources))
}
