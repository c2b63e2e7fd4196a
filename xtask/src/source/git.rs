//! Reads `spec/proto` of a git revision without touching the working tree.

use std::io::Read;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::compile::Sources;

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
    let mut sources = Sources::new();
    let mut archive = tar::Archive::new(archive.stdout.as_slice());
    for entry in archive.entries().context("git archive")? {
        let mut entry = entry.context("git archive")?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some(import) = path.strip_prefix(DIR).filter(|p| p.ends_with(".proto")) else {
            continue;
        };
        let mut text = String::new();
        entry
            .read_to_string(&mut text)
            .with_context(|| format!("{revision}:{path}"))?;
        sources.insert(import.to_owned(), text);
    }
    if sources.is_empty() {
        bail!("{revision}: it has no .proto file in {DIR}");
    }
    Ok(Some(sources))
}
