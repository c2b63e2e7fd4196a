//! `cargo xtask generate`: generates `generated` from `spec`, or checks that it is up to date.

// The build script compiles the same files, so that the feature `_codegen` has the same output.
#[path = "../../build/codegen.rs"]
mod codegen;
#[path = "../../build/spec_hash.rs"]
mod spec_hash;

pub use codegen::agentkit::AgentKit;
pub use codegen::operations;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};

use crate::lock::{self, Lock};
use crate::tree::{self, Tree};
use crate::{compile, openapi, refresh};

/// The command that updates the files.
const COMMAND: &str = "cargo xtask generate";

/// Writes `generated`, `spec/openapi.json`, and the generators' versions into `spec/lock.toml`.
pub fn run(root: &Path) -> Result<()> {
    let (spec, generated) = (root.join("spec"), root.join("generated"));
    let mut content = tree::read(&spec)?;
    content.insert(lock::PATH.to_owned(), current_lock(root)?.into_bytes());
    let document = openapi::derive(&content)?;
    content.insert(openapi::PATH.to_owned(), document.into_bytes());
    tree::replace(&spec, &content)?;
    tree::replace(&generated, &generate(&spec)?)?;
    let features = missing_features(root)?;
    ensure!(features.is_empty(), "generated/ is written, but {features}");
    Ok(())
}

/// A report of everything that is out of date; `None` if nothing is.
pub fn check(root: &Path) -> Result<Option<String>> {
    let spec = root.join("spec");
    let content = tree::read(&spec)?;
    let in_generated = |tree: Tree| {
        let files = tree.into_iter();
        files.map(|(name, content)| (format!("generated/{name}"), text(&content)))
    };
    let mut expected: BTreeMap<_, _> = in_generated(generate(&spec)?).collect();
    let mut found: BTreeMap<_, _> = in_generated(tree::read(&root.join("generated"))?).collect();
    for (name, derived) in [
        (lock::PATH, current_lock(root)?),
        (openapi::PATH, openapi::derive(&content)?),
    ] {
        let path = format!("spec/{name}");
        found.extend(content.get(name).map(|it| (path.clone(), text(it))));
        expected.insert(path, derived);
    }
    let mut report = String::new();
    for name in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
        let what = match (expected.get(name), found.get(name)) {
            (Some(expected), Some(found)) if expected == found => continue,
            (Some(_), Some(_)) => "differs",
            (Some(_), None) => "missing",
            (None, _) => "nothing generates it",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(report, "{name}: {what}");
    }
    if !report.is_empty() {
        report = format!("{report}run `{COMMAND}`\n");
    }
    report.push_str(&missing_features(root)?);
    Ok((!report.is_empty()).then(|| report.trim_end().to_owned()))
}

/// How the features in the crate's manifest, which is written by hand, differ from those that the spec
/// needs; empty if they do not.
fn missing_features(root: &Path) -> Result<String> {
    let path = root.join("Cargo.toml");
    let manifest: toml::Table = std::fs::read_to_string(&path)
        .context("Cargo.toml")?
        .parse()
        .context("Cargo.toml")?;
    let spec = root.join("spec");
    let pool = compile::pool(&refresh::proto_sources(&tree::read(&spec)?)?)?;
    let mut wanted = codegen::features(&spec, &pool).map_err(|error| anyhow!(error))?;
    let full = wanted.keys().cloned().collect();
    wanted.insert("raw-full".to_owned(), full);
    let mut report = String::new();
    for (feature, needed) in wanted {
        let found = manifest
            .get("features")
            .and_then(|features| features.get(&feature));
        if found != Some(&toml::Value::from(needed.clone())) {
            // Writing to a string cannot fail.
            let _ = writeln!(
                report,
                "[features] of Cargo.toml needs: {feature} = {needed:?}"
            );
        }
    }
    Ok(report)
}

/// The content of `generated` for the spec in `spec`.
pub fn generate(spec: &Path) -> Result<Tree> {
    let out = tempfile::tempdir()?;
    codegen::generate(spec, out.path())
        .and_then(|()| codegen::generate_rest(spec, out.path()))
        .map_err(|error| anyhow!(error))?;
    let mut generated = tree::read(out.path())?;
    let hash = spec_hash::spec_hash(spec).context("spec")?;
    generated.insert("SPEC_HASH".to_owned(), format!("{hash}\n").into_bytes());
    Ok(generated)
}

/// The lock with the generator versions of the workspace's `Cargo.lock`.
fn current_lock(root: &Path) -> Result<String> {
    let path = root.join("spec").join(lock::PATH);
    let text = std::fs::read_to_string(&path).with_context(|| format!("spec/{}", lock::PATH))?;
    let cargo_lock = std::fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock")?;
    let lock = Lock {
        generators: lock::generators(&cargo_lock)?,
        ..Lock::parse(&text)?
    };
    lock.print()
}

/// The text with normalized line ends, which depend on the checkout.
fn text(content: &[u8]) -> String {
    String::from_utf8_lossy(content).replace("\r\n", "\n")
}
