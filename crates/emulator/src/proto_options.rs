//! Reads protobuf options, which the descriptors hold as dynamic messages.

use prost_reflect::{DescriptorPool, DynamicMessage, ExtensionDescriptor, Value};

/// The descriptor of a custom option.
pub(crate) fn extension(pool: &DescriptorPool, name: &str) -> Result<ExtensionDescriptor, String> {
    pool.get_extension_by_name(name)
        .ok_or_else(|| format!("no option {name}"))
}

/// A string field, empty if it is not set.
pub(crate) fn string(message: &DynamicMessage, field: &str) -> String {
    message
        .get_field_by_name(field)
        .and_then(|value| value.as_str().map(ToOwned::to_owned))
        .unwrap_or_default()
}

/// A repeated string field.
pub(crate) fn strings(message: &DynamicMessage, field: &str) -> Vec<String> {
    message
        .get_field_by_name(field)
        .map(|value| {
            value
                .as_list()
                .unwrap_or_default()
                .iter()
                .filter_map(Value::as_str)
                .map(ToOwned::to_owned)
                .collect()
        })
        .unwrap_or_default()
}
