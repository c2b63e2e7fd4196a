//! Makes `spec/proto` from a published package and keeps our comments.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow, bail};

use crate::comments::Comments;
use crate::compile::{self, Sources};
use crate::descriptors::{self, Descriptors};
use crate::difference::difference;
use crate::elements::Element;
use crate::generate::AgentKit;
use crate::lock::{self, Lock};
use crate::printer::{self, names::Names};
use crate::strip::Undeclared;
use crate::tree::Tree;
use crate::wheel::Wheel;

/// The package that describes the API most completely.
pub const PACKAGE: &str = "scalekit-sdk-python";

/// The directory of files that the package imports and does not contain.
const HAND_WRITTEN: &str = "google/api/";

const PROTO_DIR: &str = "proto/";

const FILE_COMMENT: &str = "`cargo xtask refresh` rewrites this file and keeps its comments, which are the only part of it\n\
                            that is written by hand.";

/// The new content of `spec`, and symbols that need attention.
#[derive(Debug)]
pub struct Refreshed {
    pub spec: Tree,
    /// Symbols without a required comment.
    pub undocumented: Vec<String>,
    /// Commented symbols that no longer exist.
    pub vanished: Vec<String>,
}

/// The content of `spec` after a refresh from `wheel`. Writes nothing.
pub fn refresh(spec: &Tree, wheel: &Wheel, cargo_lock: &str) -> Result<Refreshed> {
    let agentkit = spec.get("agentkit.toml").context("spec/agentkit.toml")?;
    let agentkit = AgentKit::parse(std::str::from_utf8(agentkit)?)
        .map_err(|error| anyhow!("spec/agentkit.toml: {error}"))?;
    let old = proto_sources(spec)?;
    let hand_written: Sources = old
        .iter()
        .filter(|(path, _)| path.starts_with(HAND_WRITTEN))
        .map(|(p, s)| (p.clone(), s.clone()))
        .collect();
    let old_comments = Comments::read(&old).context("spec/proto")?;

    let files = &wheel.descriptors;
    let pool = descriptors::link(files, &hand_written, Undeclared::Refused)?;
    let names = Names::new(&pool);
    let mut comments = old_comments.clone();
    let mut sources = hand_written;
    let mut symbols: BTreeSet<String> = BTreeSet::new();
    let mut undocumented = Vec::new();
    for path in files.keys() {
        let file = pool.get_file_by_name(path).with_context(|| path.clone())?;
        comments.default_to(path, FILE_COMMENT);
        sources.insert(path.clone(), printer::print(&file, &names, &comments)?);
        symbols.insert(path.clone());
        for symbol in Element::all(&file).iter().map(Element::symbol) {
            if agentkit.documented.contains(path) && comments.get(&symbol).is_none() {
                undocumented.push(symbol.clone());
            }
            symbols.insert(symbol);
        }
    }
    verify(&sources, files, &pool)?;

    let by_hand =
        |symbol: &str| symbol.starts_with(HAND_WRITTEN) || symbol.starts_with("google.api.");
    let vanished = old_comments
        .symbols()
        .filter(|symbol| !symbols.contains(*symbol) && !by_hand(symbol))
        .filter(|symbol| old_comments.get(symbol) != Some(FILE_COMMENT))
        .map(str::to_owned)
        .collect();
    let mut spec: Tree = spec
        .iter()
        .filter(|(path, _)| !path.starts_with(PROTO_DIR))
        .map(|(p, c)| (p.clone(), c.clone()))
        .collect();
    spec.extend(
        sources
            .into_iter()
            .map(|(path, text)| (format!("{PROTO_DIR}{path}"), text.into_bytes())),
    );
    spec.insert(
        lock::PATH.to_owned(),
        Lock::new(wheel, cargo_lock)?.print()?.into_bytes(),
    );
    Ok(Refreshed {
        spec,
        undocumented,
        vanished,
    })
}

/// The `.proto` files of a `spec` tree by import path.
pub fn proto_sources(spec: &Tree) -> Result<Sources> {
    let mut sources = Sources::new();
    for (path, content) in spec {
        let Some(import) = path
            .strip_prefix(PROTO_DIR)
            .filter(|path| path.ends_with(".proto"))
        else {
            continue;
        };
        let text = String::from_utf8(content.clone()).with_context(|| format!("spec/{path}"))?;
        sources.insert(import.to_owned(), text);
    }
    Ok(sources)
}

/// Checks that the printed files compile back to the descriptors of the package.
fn verify(
    sources: &Sources,
    files: &Descriptors,
    original: &prost_reflect::DescriptorPool,
) -> Result<()> {
    let printed = compile::pool(sources).context("the printed spec does not compile")?;
    for path in files.keys() {
        if let Some(difference) = difference(original, &printed, path)? {
            bail!("{path}: printing would change it: {difference}");
        }
    }
    Ok(())
}
