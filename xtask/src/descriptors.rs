//! Turns the loose descriptors of a package into one pool that knows every import and option.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use prost_reflect::prost::Message;
use prost_reflect::prost_types::FileDescriptorProto;
use prost_reflect::text_format::FormatOptions;
use prost_reflect::{DescriptorPool, DynamicMessage, Value};

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
    Ok(pool)
}

/// The paths of `roots` and of everything they import, as far as `files` has it.
pub fn closure<'a>(
    files: &Descriptors,
    roots: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeSet<String>> {
    let mut reached = BTreeSet::new();
    let mut pending: Vec<_> = roots.into_iter().map(str::to_owned).collect();
    while let Some(path) = pending.pop() {
        let Some(bytes) = files.get(&path) else {
            continue;
        };
        let file = decode(&path, bytes)?;
        if reached.insert(path) {
            pending.extend(file.dependency);
        }
    }
    Ok(reached)
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
    FileDescriptorProto::decode(bytes).with_context(|| path.to_owned())
}

/// The first difference between the file at `path` in two pools, options included.
pub fn difference(
    left: &DescriptorPool,
    right: &DescriptorPool,
    path: &str,
) -> Result<Option<String>> {
    // Both sides must be read with the same descriptors to be comparable.
    let (left_text, right_text) = (canonical(left, left, path)?, canonical(left, right, path)?);
    let mut lines = left_text.lines().zip(right_text.lines());
    let differing = lines.find(|(left, right)| left != right);
    Ok(match differing {
        Some((left, right)) => Some(format!("{} became {}", left.trim(), right.trim())),
        None if left_text.len() != right_text.len() => Some("one of them is longer".to_owned()),
        None => None,
    })
}

/// The file as text, without what has no meaning: positions, the spelling of defaults, and the order
/// of nested types, in which map entries may stand anywhere.
fn canonical(schema: &DescriptorPool, pool: &DescriptorPool, path: &str) -> Result<String> {
    let file = pool
        .get_file_by_name(path)
        .with_context(|| format!("{path}: missing"))?;
    let descriptor = schema
        .get_message_by_name("google.protobuf.FileDescriptorProto")
        .context("google/protobuf/descriptor.proto is missing")?;
    let mut message = DynamicMessage::decode(descriptor, file.encode_to_vec().as_slice())?;
    message.clear_field_by_name("source_code_info");
    if message
        .get_field_by_name("syntax")
        .is_some_and(|syntax| syntax.as_str() == Some("proto2"))
    {
        message.clear_field_by_name("syntax");
    }
    if let Some(Value::List(messages)) = message.get_field_by_name_mut("message_type") {
        messages.iter_mut().for_each(sort_nested_types);
    }
    let options = FormatOptions::new()
        .pretty(true)
        .print_message_fields_in_index_order(true);
    Ok(message.to_text_format_with_options(&options))
}

fn sort_nested_types(message: &mut Value) {
    let Value::Message(message) = message else {
        return;
    };
    if let Some(Value::List(nested)) = message.get_field_by_name_mut("nested_type") {
        nested.iter_mut().for_each(sort_nested_types);
        nested.sort_by_key(|nested| !nested.as_message().is_some_and(is_map_entry));
    }
}

fn is_map_entry(message: &DynamicMessage) -> bool {
    message
        .get_field_by_name("options")
        .and_then(|options| {
            options
                .as_message()?
                .get_field_by_name("map_entry")?
                .as_bool()
        })
        .unwrap_or_default()
}
