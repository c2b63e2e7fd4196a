//! Removes from published descriptors what this repository does not keep: prose, and options for
//! generators of other languages.

use anyhow::{Context, Result, bail, ensure};
use prost_reflect::prost::Message;
use prost_reflect::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, MessageDescriptor,
    ReflectMessage, Value,
};

/// The directory of the removed imports, with the options they declare (OpenAPI titles and descriptions).
pub const DROPPED_IMPORTS: &str = "protoc-gen-openapiv2/";

/// The field number that all options declared below `DROPPED_IMPORTS` share.
const DROPPED_OPTION: u32 = 1042;

/// The implementation of the standard rules in a validator, which clients do not need.
const DROPPED_EXTENSIONS: &[&str] = &["buf.validate.predefined"];

/// Prose in options that are kept.
const DROPPED_PROSE: &[&str] = &[
    "buf.validate.Rule.message",
    "scalekit.v1.options.AgentToolOption.description",
    "scalekit.v1.options.AgentToolOption.summary",
];

/// The treatment of options that no file declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undeclared {
    /// An error, because the printer would lose them.
    Refused,
    /// Kept, because they can be compared by their bytes.
    Kept,
}

/// The serialized `file` without the removed parts; `pool` declares the kept options.
pub fn strip(pool: &DescriptorPool, file: &[u8], undeclared: Undeclared) -> Result<Vec<u8>> {
    let descriptor = pool
        .get_message_by_name("google.protobuf.FileDescriptorProto")
        .context("google/protobuf/descriptor.proto is missing")?;
    let mut message = DynamicMessage::decode(descriptor, file)?;
    strip_imports(&mut message)?;
    message.clear_field_by_name("source_code_info");
    strip_message(&mut message, undeclared)?;
    Ok(message.encode_to_vec())
}

fn strip_imports(file: &mut DynamicMessage) -> Result<()> {
    let Some(Value::List(imports)) = file.take_field_by_name("dependency") else {
        return Ok(());
    };
    let dropped = |import: &Value| {
        import
            .as_str()
            .is_some_and(|path| path.starts_with(DROPPED_IMPORTS))
    };
    let is_dropped = imports.iter().any(dropped);
    for marked in ["public_dependency", "weak_dependency"] {
        // They are positions among the imports.
        ensure!(
            !is_dropped || !file.has_field_by_name(marked),
            "{marked} beside an import of {DROPPED_IMPORTS} is not supported"
        );
    }
    let kept = imports
        .into_iter()
        .filter(|import| !dropped(import))
        .collect();
    file.set_field_by_name("dependency", Value::List(kept));
    Ok(())
}

fn strip_message(message: &mut DynamicMessage, undeclared: Undeclared) -> Result<()> {
    let descriptor = message.descriptor();
    let options = is_options(&descriptor);
    let mut kept = Vec::new();
    for unknown in message.take_unknown_fields() {
        match undeclared {
            _ if options && unknown.number() == DROPPED_OPTION => {}
            Undeclared::Kept => unknown.encode(&mut kept),
            Undeclared::Refused => bail!(
                "{} has the unknown field {}",
                descriptor.full_name(),
                unknown.number()
            ),
        }
    }
    message.merge(kept.as_slice())?;
    for extension in message
        .extensions()
        .map(|(extension, _)| extension)
        .collect::<Vec<_>>()
    {
        if dropped_extension(&extension) {
            message.clear_extension(&extension);
        }
    }
    for field in message.fields().map(|(field, _)| field).collect::<Vec<_>>() {
        if dropped_field(&field) {
            message.clear_field(&field);
        }
    }
    for (_, value) in message.extensions_mut() {
        strip_value(value, undeclared)?;
    }
    let mut emptied = Vec::new();
    for (field, value) in message.fields_mut() {
        strip_value(value, undeclared).with_context(|| field.name().to_owned())?;
        if value
            .as_message()
            .is_some_and(|value| is_options(&value.descriptor()) && is_empty(value))
        {
            emptied.push(field);
        }
    }
    for field in emptied {
        message.clear_field(&field);
    }
    Ok(())
}

fn strip_value(value: &mut Value, undeclared: Undeclared) -> Result<()> {
    let strip = |value: &mut Value| strip_value(value, undeclared);
    match value {
        Value::Message(message) => strip_message(message, undeclared),
        Value::List(values) => values.iter_mut().try_for_each(strip),
        Value::Map(entries) => entries.values_mut().try_for_each(strip),
        _ => Ok(()),
    }
}

fn dropped_extension(extension: &ExtensionDescriptor) -> bool {
    // Files that ship with their imports declare options that are unknown fields elsewhere.
    let of_options = is_options(&extension.containing_message());
    DROPPED_EXTENSIONS.contains(&extension.full_name())
        || of_options && extension.number() == DROPPED_OPTION
}

fn dropped_field(field: &FieldDescriptor) -> bool {
    match field.parent_message().full_name() {
        // The other file options are for generators of other languages.
        "google.protobuf.FileOptions" => field.name() != "deprecated",
        _ => DROPPED_PROSE.contains(&field.full_name()),
    }
}

fn is_options(descriptor: &MessageDescriptor) -> bool {
    descriptor.package_name() == "google.protobuf" && descriptor.name().ends_with("Options")
}

fn is_empty(message: &DynamicMessage) -> bool {
    message.fields().next().is_none()
        && message.extensions().next().is_none()
        && message.unknown_fields().next().is_none()
}
