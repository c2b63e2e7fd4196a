//! Turns the loose descriptors of a package into one pool that knows every import and option.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use prost_reflect::prost::Message;
use prost_reflect::prost_types::FileDescriptorProto;
use prost_reflect::{DescriptorPool, MessageDescriptor};

use crate::compile::{self, Sources};
use crate::strip::strip;

/// Serialized `FileDescriptorProto`s by import path.
pub type Descriptors = BTreeMap<String, Vec<u8>>;

/// Links `files`, `hand_written` sources and built-in imports, without what `strip` drops.
pub fn link(files: &Descriptors, hand_written: &Sources) -> Result<DescriptorPool> {
    let options = options_pool(files, hand_written)?;
    let mut stripped = Descriptors::new();
    for (path, file) in files {
        stripped.insert(
            path.clone(),
            strip(&options, file).with_context(|| path.clone())?,
        );
    }
    let mut pool = compile::pool(hand_written)?;
    for path in stripped.keys() {
        add_with_imports(&mut pool, &stripped, path, &mut Vec::new())?;
    }
    check_map_entries(&pool)?;
    Ok(pool)
}

/// A pool links map entries without key or value, and panics where their fields are asked for.
pub fn check_map_entries(pool: &DescriptorPool) -> Result<()> {
    let is_whole = |entry: &MessageDescriptor| [1, 2].iter().all(|&n| entry.get_field(n).is_some());
    match pool
        .all_messages()
        .find(|message| message.is_map_entry() && !is_whole(message))
    {
        None => Ok(()),
        Some(entry) => bail!(
            "{}: {} is a map entry without key or value",
            entry.parent_file().name(),
            entry.full_name()
        ),
    }
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
    check_map_entries(&pool)?;
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
    // A pool panics on a syntax that it does not know.
    if !matches!(file.syntax(), "" | "proto2" | "proto3") {
        bail!("{path}: syntax {:?} is not supported", file.syntax());
    }
    Ok(file)
}
