//! `cargo xtask refresh`: updates spec, bindings and changelog fragment together, or nothing.

use std::path::Path;

use anyhow::{Context, Result};

use crate::drift::{self, Drift};
use crate::{generate, openapi, refresh, tree};

/// Updates from `wheel`, or from the newest published one.
pub fn run(root: &Path, wheel: Option<&Path>) -> Result<()> {
    let wheel = drift::open(wheel)?;
    let (spec, generated) = (root.join("spec"), root.join("generated"));
    let drift = Drift::new(root, &wheel)?;
    let before = tree::read(&spec)?;
    let cargo_lock = std::fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock")?;
    let mut refreshed = refresh::refresh(&before, &wheel, &cargo_lock)?;
    let document = openapi::derive(&refreshed.spec)?;
    refreshed
        .spec
        .insert(openapi::PATH.to_owned(), document.into_bytes());

    // Everything that can fail comes before the first write.
    let stage = tempfile::tempdir()?;
    let staged = stage.path().join("spec");
    tree::replace(&staged, &refreshed.spec)?;
    let bindings = generate::generate(&staged).context("the refreshed spec generates nothing")?;

    tree::replace(&spec, &refreshed.spec)?;
    if let Err(error) = tree::replace(&generated, &bindings) {
        tree::replace(&spec, &before).context("spec could not be put back")?;
        return Err(error);
    }
    for symbol in &refreshed.vanished {
        eprintln!("comment dropped with its symbol: {symbol}");
    }
    for symbol in &refreshed.undocumented {
        eprintln!("undocumented: {symbol}");
    }
    let fragment = drift.write_fragment(root)?;
    eprintln!(
        "spec and generated are at {} {}; changelog fragment: {}",
        wheel.package,
        wheel.version,
        fragment.display()
    );
    Ok(())
}
