//! Prints option values as protobuf text, fields in the order of their numbers.

use prost_reflect::{DynamicMessage, EnumDescriptor, Kind, MapKey, Value};

use super::names::Names;

/// The text of an option value, before layout.
pub enum Text {
    Scalar(String),
    Fields(Vec<(String, Text)>),
}

/// Name and value of the options of an element, in the order of their numbers.
///
/// A repeated option appears once for each of its values.
pub fn entries(options: &DynamicMessage, names: &Names, scope: &str) -> Vec<(String, Text)> {
    numbered(options, |extension| {
        let reference = names.reference(scope, "", extension, "\0");
        format!("({reference})")
    })
}

fn numbered(
    message: &DynamicMessage,
    extension_name: impl Fn(&str) -> String,
) -> Vec<(String, Text)> {
    let fields = message
        .fields()
        .map(|(field, value)| (field.number(), field.name().to_owned(), field.kind(), value));
    let extensions = message.extensions().map(|(extension, value)| {
        (
            extension.number(),
            extension_name(extension.full_name()),
            extension.kind(),
            value,
        )
    });
    let mut all: Vec<_> = fields.chain(extensions).collect();
    all.sort_by_key(|(number, ..)| *number);
    all.into_iter()
        .flat_map(|(_, name, kind, value)| spread(name, &kind, value))
        .collect()
}

fn spread(name: String, kind: &Kind, value: &Value) -> Vec<(String, Text)> {
    match value {
        Value::List(values) => values
            .iter()
            .map(|value| (name.clone(), text(kind, value)))
            .collect(),
        Value::Map(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            let entry = kind.as_message();
            let value_kind = entry.map(|entry| entry.map_entry_value_field().kind());
            let value_kind = value_kind.as_ref().unwrap_or(kind);
            let fields = |(key, value): (&MapKey, &Value)| {
                vec![
                    ("key".to_owned(), text(kind, &Value::from(key.clone()))),
                    ("value".to_owned(), text(value_kind, value)),
                ]
            };
            sorted
                .into_iter()
                .map(|entry| (name.clone(), Text::Fields(fields(entry))))
                .collect()
        }
        single => vec![(name, text(kind, single))],
    }
}

fn text(kind: &Kind, value: &Value) -> Text {
    Text::Scalar(match value {
        Value::Message(message) => {
            return Text::Fields(numbered(message, |extension| format!("[{extension}]")));
        }
        Value::Bool(value) => value.to_string(),
        Value::I32(value) => value.to_string(),
        Value::I64(value) => value.to_string(),
        Value::U32(value) => value.to_string(),
        Value::U64(value) => value.to_string(),
        Value::F32(value) => float(value.is_nan(), format!("{value:?}")),
        Value::F64(value) => float(value.is_nan(), format!("{value:?}")),
        Value::String(value) => quote(value),
        Value::Bytes(value) => quote_bytes(value),
        Value::EnumNumber(number) => enum_value(kind.as_enum(), *number),
        // `spread` handles both.
        Value::List(_) | Value::Map(_) => String::new(),
    })
}

fn float(nan: bool, text: String) -> String {
    if nan { "nan".to_owned() } else { text }
}

fn enum_value(item: Option<&EnumDescriptor>, number: i32) -> String {
    let value = item.and_then(|item| item.get_value(number));
    value.map_or_else(|| number.to_string(), |value| value.name().to_owned())
}

/// A string literal that escapes only the characters that need it.
pub fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_ascii_control() => quoted.push_str(&format!("\\{:03o}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn quote_bytes(bytes: &[u8]) -> String {
    let escaped = bytes.iter().map(|&byte| match byte {
        b'"' | b'\\' => format!("\\{}", byte as char),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\{byte:03o}"),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
