//! Finds the first difference of a file between two pools, including options.

use anyhow::{Context, Result};
use prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage, Value};

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
    let (mut left_file, mut right_file) = (read(left, left, path)?, read(left, right, path)?);
    normalise(&mut left_file);
    normalise(&mut right_file);
    Ok(in_messages(&left_file, &right_file))
}

fn read(schema: &DescriptorPool, pool: &DescriptorPool, path: &str) -> Result<DynamicMessage> {
    let file = pool
        .get_file_by_name(path)
        .with_context(|| format!("{path}: missing"))?;
    let descriptor = schema
        .get_message_by_name("google.protobuf.FileDescriptorProto")
        .context("google/protobuf/descriptor.proto is missing")?;
    Ok(DynamicMessage::decode(
        descriptor,
        file.encode_to_vec().as_slice(),
    )?)
}

fn normalise(file: &mut DynamicMessage) {
    file.clear_field_by_name("source_code_info");
    if file
        .get_field_by_name("syntax")
        .is_some_and(|syntax| syntax.as_str() == Some("proto2"))
    {
        file.clear_field_by_name("syntax");
    }
    sort_nested_types(file, "message_type");
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

fn in_messages(left: &DynamicMessage, right: &DynamicMessage) -> Option<String> {
    let elements = set_elements(left).chain(set_elements(right));
    let mut numbers: Vec<(u32, String)> = elements.collect();
    numbers.sort();
    numbers.dedup();
    numbers.into_iter().find_map(|(number, name)| {
        match (element(left, number), element(right, number)) {
            (Some(left), Some(right)) => in_values(&left, &right).map(|found| join(&name, &found)),
            (Some(_), None) => Some(join(&name, ": missing")),
            (None, _) => Some(join(&name, ": added")),
        }
    })
}

fn set_elements(message: &DynamicMessage) -> impl Iterator<Item = (u32, String)> {
    let fields = message
        .fields()
        .map(|(field, _)| (field.number(), field.name().to_owned()));
    let extensions = message
        .extensions()
        .map(|(extension, _)| (extension.number(), format!("({})", extension.full_name())));
    let unknown = message
        .unknown_fields()
        .map(|field| (field.number(), format!("field {}", field.number())));
    fields.chain(extensions).chain(unknown)
}

fn element(message: &DynamicMessage, number: u32) -> Option<Value> {
    let field = message
        .fields()
        .find(|(field, _)| field.number() == number)
        .map(|(_, value)| value);
    let extension = || {
        message
            .extensions()
            .find(|(extension, _)| extension.number() == number)
            .map(|(_, value)| value)
    };
    let unknown = || {
        let fields: Vec<_> = message
            .unknown_fields()
            .filter(|field| field.number() == number)
            .collect();
        (!fields.is_empty()).then(|| Value::String(format!("{fields:?}")))
    };
    field.or_else(extension).cloned().or_else(unknown)
}

fn in_values(left: &Value, right: &Value) -> Option<String> {
    match (left, right) {
        (Value::Message(left), Value::Message(right))
            if left.descriptor() == right.descriptor() =>
        {
            in_messages(left, right)
        }
        (Value::List(left), Value::List(right)) if left.len() == right.len() => (0..)
            .zip(left.iter().zip(right))
            .find_map(|(index, (left, right)): (usize, _)| {
                in_values(left, right).map(|found| join(&index.to_string(), &found))
            }),
        (Value::Map(left), Value::Map(right)) if left.len() == right.len() => {
            left.iter().find_map(|(key, value)| {
                let other = right.get(key);
                other.map_or_else(
                    || Some(format!("{key:?}: missing")),
                    |other| in_values(value, other),
                )
            })
        }
        // Compared by bits, because NaN is not equal to itself.
        (Value::F32(left), Value::F32(right)) if left.to_bits() == right.to_bits() => None,
        (Value::F64(left), Value::F64(right)) if left.to_bits() == right.to_bits() => None,
        (left, right) if left == right => None,
        (left, right) => Some(format!(": {left:?} became {right:?}")),
    }
}

fn join(name: &str, rest: &str) -> String {
    if rest.starts_with(':') {
        format!("{name}{rest}")
    } else {
        format!("{name}.{rest}")
    }
}
