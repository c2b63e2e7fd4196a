//! Links the descriptors of a package into one pool that knows every import and option.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use prost::Message;
use prost_reflect::{DescriptorPool, MessageDescriptor};

use crate::compile::{self, Sources};
use crate::strip::{Undeclared, strip};

/// Serialized `FileDescriptorProto`s by import path.
pub type Descriptors = BTreeMap<String, Vec<u8>>;

const DESCRIPTOR: &str = "google/protobuf/descriptor.proto";

/// The parts of a `FileDescriptorProto` that decide how it is linked. Decoding all of it would take
/// longer than linking.
#[derive(Clone, PartialEq, Message)]
pub struct Header {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, repeated, tag = "3")]
    pub dependency: Vec<String>,
    #[prost(bytes = "vec", repeated, tag = "7")]
    extension: Vec<Vec<u8>>,
    #[prost(string, optional, tag = "12")]
    syntax: Option<String>,
}

impl Header {
    pub fn read(file: &[u8]) -> Result<Self> {
        let header = Self::decode(file).context("not a FileDescriptorProto")?;
        match header.syntax.as_deref() {
            None | Some("proto2" | "proto3") => Ok(header),
            // A pool panics on an unknown syntax, and on an empty one.
            Some(other) => bail!("{}: syntax {other:?} is not supported", header.name),
        }
    }
}

/// Links `files` without what `strip` drops, the `hand_written` sources, and built-in imports.
pub fn link(
    files: &Descriptors,
    hand_written: &Sources,
    undeclared: Undeclared,
) -> Result<DescriptorPool> {
    let options = options_pool(files, hand_written)?;
    let mut stripped = Descriptors::new();
    for (path, file) in files {
        stripped.insert(
            path.clone(),
            strip(&options, file, undeclared).with_context(|| path.clone())?,
        );
    }
    let mut pool = compile::pool(hand_written)?;
    add(&mut pool, &stripped, stripped.keys())?;
    check(&pool)?;
    Ok(pool)
}

/// Links `files` as they are, with those of `declared` that they import.
pub fn link_unstripped(files: &Descriptors, declared: Descriptors) -> Result<DescriptorPool> {
    let mut all = declared;
    all.extend(files.clone());
    let mut pool = DescriptorPool::new();
    add(&mut pool, &all, [DESCRIPTOR])?;
    add(&mut pool, &all, files.keys())?;
    check(&pool)?;
    Ok(pool)
}

/// Refuses descriptors that a pool links although its readers would fail on them.
fn check(pool: &DescriptorPool) -> Result<()> {
    for message in pool.all_messages() {
        check_message(&message).with_context(|| message.parent_file().name().to_owned())?;
    }
    for kind in pool.all_enums() {
        let name = kind.full_name();
        for range in kind.reserved_ranges() {
            let (start, end) = (range.start(), range.end());
            ensure!(
                start <= end,
                "{}: {name} reserves {start} to {end}, which is no range",
                kind.parent_file().name()
            );
        }
    }
    Ok(())
}

fn check_message(message: &MessageDescriptor) -> Result<()> {
    let name = message.full_name();
    // A pool panics when the fields of such a map entry are read.
    let is_whole = || [1, 2].iter().all(|&n| message.get_field(n).is_some());
    ensure!(
        !message.is_map_entry() || is_whole(),
        "{name} is a map entry without key or value"
    );
    let proto = message.descriptor_proto();
    let reserved = proto.reserved_range.iter();
    let extensions = proto.extension_range.iter();
    let ranges = (reserved.map(|range| ("reserves", range.start, range.end)))
        .chain(extensions.map(|range| ("extends to", range.start, range.end)));
    for (what, start, end) in ranges {
        let (Some(start), Some(end)) = (start, end) else {
            bail!("{name} {what} a range without start or end");
        };
        // The end is exclusive.
        ensure!(
            0 < start && start < end,
            "{name} {what} {start} to {}, which is no range",
            i64::from(end) - 1
        );
    }
    Ok(())
}

/// A pool that can read option values: it has the files that declare the options, some of which can be
/// among `files`.
fn options_pool(files: &Descriptors, hand_written: &Sources) -> Result<DescriptorPool> {
    let mut pool = compile::pool(hand_written)?;
    add(&mut pool, files, [DESCRIPTOR])?;
    for (path, bytes) in files {
        if !Header::read(bytes)?.extension.is_empty() {
            add(&mut pool, files, [path])?;
        }
    }
    check(&pool)?;
    Ok(pool)
}

/// Adds the files at `paths`, each after its imports.
fn add(
    pool: &mut DescriptorPool,
    files: &Descriptors,
    paths: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<()> {
    let mut paths = paths.into_iter();
    paths.try_for_each(|path| add_with_imports(pool, files, path.as_ref(), &mut Vec::new()))
}

fn add_with_imports(
    pool: &mut DescriptorPool,
    files: &Descriptors,
    path: &str,
    importers: &mut Vec<String>,
) -> Result<()> {
    if pool.get_file_by_name(path).is_some() {
        return Ok(());
    }
    if importers.iter().any(|importer| importer == path) {
        bail!("{path}: imports itself");
    }
    let built_in = compile::built_in(path).map(|file| file.file_descriptor_proto().encode_to_vec());
    let Some(bytes) = files.get(path).or(built_in.as_ref()) else {
        let importer = importers.last().map_or("", String::as_str);
        bail!("{importer}: the imported file {path} is missing");
    };
    importers.push(path.to_owned());
    for import in Header::read(bytes)?.dependency {
        add_with_imports(pool, files, &import, importers)?;
    }
    importers.pop();
    pool.decode_file_descriptor_proto(bytes.as_slice())
        .with_context(|| path.to_owned())
}
