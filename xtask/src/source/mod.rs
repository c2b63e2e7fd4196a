//! Reads the sides of a comparison into descriptors: directories, wheels, descriptor sets, revisions.

mod git;
mod third_party;

pub use third_party::{imported, is_vendored, lacking};

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use prost::Message;

use crate::compile::{self, Sources};
use crate::descriptors::{Descriptors, Header};
use crate::wheel::{self, Wheel};
use crate::{pip, refresh, tree};

/// The kind of a source, which decides what can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// All files that the service publishes, including prose.
    Package,
    /// This repository's `spec`: all files, without upstream's prose.
    Spec,
}

/// One side of a comparison.
#[derive(Debug)]
pub struct Snapshot {
    /// Its name in reports.
    pub label: String,
    pub origin: Origin,
    pub files: Descriptors,
}

/// Reads what `argument` names: a file, a directory, `pypi:VERSION` or a revision of the repository at
/// `root`.
pub fn open(root: &Path, argument: &str) -> Result<Snapshot> {
    if let Some(version) = argument.strip_prefix("pypi:") {
        let download = tempfile::tempdir()?;
        let requirement = format!("{}=={version}", refresh::PACKAGE);
        let wheel = pip::download(&requirement, download.path())?;
        // The name of a temporary file means nothing to the user.
        return parse(argument, &fs::read(wheel)?).with_context(|| argument.to_owned());
    }
    let path = Path::new(argument);
    if path.is_dir() {
        return directory(path);
    }
    if path.is_file() {
        return file(path);
    }
    match git::proto_sources(root, argument)? {
        Some(sources) => {
            spec(argument.to_owned(), &sources).with_context(|| format!("{argument}:spec/proto"))
        }
        None => bail!("{argument}: neither a file, nor a directory, nor a revision"),
    }
}

/// Reads a wheel or a descriptor set.
pub fn file(path: &Path) -> Result<Snapshot> {
    let name = path.display().to_string();
    let bytes = fs::read(path).with_context(|| name.clone())?;
    parse(&name, &bytes).context(name)
}

fn parse(name: &str, bytes: &[u8]) -> Result<Snapshot> {
    if bytes.starts_with(b"PK") || name.ends_with(".whl") {
        return Ok(package(&Wheel::parse(bytes)?));
    }
    Ok(Snapshot {
        label: name.to_owned(),
        origin: Origin::Package,
        files: descriptor_set(bytes)?,
    })
}

/// A published package as a side of a comparison.
pub fn package(wheel: &Wheel) -> Snapshot {
    Snapshot {
        label: format!("{} {}", wheel.package, wheel.version),
        origin: Origin::Package,
        files: wheel.descriptors.clone(),
    }
}

fn directory(dir: &Path) -> Result<Snapshot> {
    let name = dir.display().to_string();
    let tree = tree::read(dir)?;
    let mut sources = refresh::proto_sources(&tree)?;
    if sources.is_empty() {
        // The directory itself can be the root of the imports.
        for (path, content) in tree
            .into_iter()
            .filter(|(path, _)| path.ends_with(".proto"))
        {
            let text = String::from_utf8(content).with_context(|| format!("{name}/{path}"))?;
            sources.insert(path, text);
        }
    }
    if sources.is_empty() {
        bail!("{name}: no .proto file below it");
    }
    spec(name.clone(), &sources).context(name)
}

/// `.proto` text of this repository as a side of a comparison.
pub fn spec(label: String, sources: &Sources) -> Result<Snapshot> {
    let pool = compile::pool(sources)?;
    let mut files = Descriptors::new();
    for path in sources.keys() {
        let file = pool.get_file_by_name(path).with_context(|| path.clone())?;
        files.insert(path.clone(), file.encode_to_vec());
    }
    Ok(Snapshot {
        label,
        origin: Origin::Spec,
        files,
    })
}

/// A `FileDescriptorSet` whose files stay serialized, because decoding would drop their options.
#[derive(Clone, PartialEq, Message)]
pub struct RawSet {
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub file: Vec<Vec<u8>>,
}

fn descriptor_set(bytes: &[u8]) -> Result<Descriptors> {
    const WHAT: &str = "neither a wheel nor a descriptor set";
    let set = RawSet::decode(bytes).context(WHAT)?;
    let mut files = Descriptors::new();
    for file in set.file {
        let path = Header::read(&file).context(WHAT)?.name;
        if !wheel::is_import_path(&path) {
            bail!("{WHAT}: {path:?} is not an import path");
        }
        files.insert(path, file);
    }
    if files.is_empty() {
        bail!("{WHAT}");
    }
    Ok(files)
}
