//! Turns the loose descriptors of a package into one pool that knows every import and option.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use prost_reflect::prost::Message;
use prost_reflect::prost_types::FileDescriptorProto;
use prost_reflect::{DescriptorPool, MessageDescriptor};

use crate::compile::{self, Sources};
use crate::strip::{Undeclared, strip};

/// Serialized `FileDescriptorProto`s by import path.
pub type Descriptors = BTreeMap<String, Vec<u8>>;

/// Links `files`, `hand_written` sources and built-in imports, without what `strip` drops.
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
    for path in stripped.keys() {
        add_with_imports(&mut pool, &stripped, path, &mut Vec::new())?;
    }
    check(&pool)?;
    Ok(pool)
}

/// Refuses what a pool links although those who read it would stumble over it.
pub fn check(pool: &DescriptorPool) -> Result<()> {
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
    // A pool panics where the fields of a map entry are asked for.
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
        // The end is the first number behind it.
        ensure!(
            0 < start && start < end,
            "{name} {what} {start} to {}, which is no range",
            i64::from(end) - 1
        );
    }
    Ok(())
}

/// Option values can only be read by a pool that holds the files which declare the options, and
/// those files can themselves be among `files`.
fn options_pool(files: &Descriptors, hand_written: &Sources) -> Result<DescriptorPool> {
    let mut pool = compile::pool(hand_written)?;
    add_with_imports(
        &mut pool,
        files,
        "google/protobuf/descriptor.proto",
        &mut Vec::new(),
    )?;
    for (path, bytes) in files {
        if !decode(path, bytes)?.extension.is_empty() {
            add_with_imports(&mut pool, files, path, &mut Vec::new())?;
        }
    }
    check(&pool)?;
    Ok(pool)
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
    for import in decode(path, bytes)?.dependency {
        add_with_imports(pool, files, &import, importers)?;
    }
    importers.pop();
    pool.decode_file_descriptor_proto(bytes.as_slice())
        .with_context(|| path.to_owned())
}

fn decode(path: &str, bytes: &[u8]) -> Result<FileDescriptorProto> {
    let file = FileDescriptorProto::decode(bytes).with_context(|| path.to_owned())?;
    check_syntax(path, file.syntax.as_deref())?;
    Ok(file)
}

/// A pool panics on a syntax that it does not know, an empty text included.
pub fn check_syntax(path: &str, syntax: Option<&str>) -> Result<()> {
    match syntax {
        None | Some("proto2" | "proto3") => Ok(()),
        Some(other) => bail!("{path}: syntax {other:?} is not supported"),
    }
}
