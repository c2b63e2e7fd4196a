//! Finds the first difference of a file between two pools, including options.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use prost_reflect::{DescriptorPool, DynamicMessage, Value};
use serde_json::Value as Json;

/// The first difference in the file at `path`, as its place and both values.
///
/// Ignores source positions, the spelling of the default syntax, and the position of map entries among
/// nested types, which have no meaning.
pub fn difference(
    left: &DescriptorPool,
    right: &DescriptorPool,
    path: &str,
) -> Result<Option<String>> {
    // Only messages of the same descriptors can be compared.
    let (left, right) = (read(left, left, path)?, read(left, right, path)?);
    Ok(first(&left, &right).map(|(place, values)| format!("{}: {values}", place.join("."))))
}

/// The file as JSON, in which the entries of maps are sorted and NaN equals itself.
fn read(schema: &DescriptorPool, pool: &DescriptorPool, path: &str) -> Result<Json> {
    let file = pool
        .get_file_by_name(path)
        .with_context(|| format!("{path}: missing"))?;
    let descriptor = schema
        .get_message_by_name("google.protobuf.FileDescriptorProto")
        .context("google/protobuf/descriptor.proto is missing")?;
    let mut file = DynamicMessage::decode(descriptor, file.encode_to_vec().as_slice())?;
    file.clear_field_by_name("source_code_info");
    let syntax = file.get_field_by_name("syntax");
    if syntax.is_some_and(|syntax| syntax.as_str() == Some("proto2")) {
        file.clear_field_by_name("syntax");
    }
    sort_nested_types(&mut file, "message_type");
    serde_json::to_value(&file).with_context(|| path.to_owned())
}

fn sort_nested_types(parent: &mut DynamicMessage, field: &str) {
    let Some(Value::List(messages)) = parent.get_field_by_name_mut(field) else {
        return;
    };
    for message in messages.iter_mut().filter_map(Value::as_message_mut) {
        sort_nested_types(message, "nested_type");
    }
    messages.sort_by_key(|message| !message.as_message().is_some_and(is_map_entry));
}

fn is_map_entry(message: &DynamicMessage) -> bool {
    let options = message.get_field_by_name("options");
    let entry = options.and_then(|it| it.as_message()?.get_field_by_name("map_entry")?.as_bool());
    entry.unwrap_or_default()
}

/// The place of the first difference, and both values.
fn first(left: &Json, right: &Json) -> Option<(Vec<String>, String)> {
    let inside = |name: String, left: &Json, right: &Json| {
        let (mut place, values) = first(left, right)?;
        place.insert(0, name);
        Some((place, values))
    };
    match (left, right) {
        _ if left == right => None,
        (Json::Object(left), Json::Object(right)) => {
            let names: BTreeSet<_> = left.keys().chain(right.keys()).collect();
            let value =
                |of: &serde_json::Map<_, _>, name| of.get(name).cloned().unwrap_or_default();
            let mut names = names.into_iter();
            names.find_map(|name| inside(name.clone(), &value(left, name), &value(right, name)))
        }
        (Json::Array(left), Json::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(index, (left, right))| inside(index.to_string(), left, right))
        }
        _ => Some((Vec::new(), format!("{left} became {right}"))),
    }
}
