//! JSON as an encoded message.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost::encoding::{self, WireType};
use serde_json::{Map, Value};

use super::{Enum, Field, Kind, Message, Shape, UNKNOWN_ENUM_VALUE, Unfit, entry};
use crate::json;

/// The encoded form of a message. Fields that are not in the tables are newer, and left out.
pub(crate) fn from_json(message: &Message, object: Map<String, Value>) -> Result<Vec<u8>, Unfit> {
    let mut bytes = Vec::new();
    for (name, value) in object {
        let mut known = message.fields.iter();
        let known = known.find(|field| field.name == name || field.json_name == name);
        if let Some(field) = known {
            write_field(field, value, &mut bytes).map_err(|unfit| unfit.within(field.name))?;
        }
    }
    Ok(bytes)
}

fn write_field(field: &Field, json: Value, bytes: &mut Vec<u8>) -> Result<(), Unfit> {
    // Null says "not set", except where it is a value.
    if json.is_null() && !matches!(field.kind, Kind::Value) {
        return Ok(());
    }
    match (field.shape, json) {
        (Shape::Single | Shape::Optional, json) => write(field.number, field.kind, json, bytes),
        (Shape::Repeated, Value::Array(items)) => items
            .into_iter()
            .try_for_each(|item| write(field.number, field.kind, item, bytes)),
        (Shape::Repeated, _) => Err(Unfit::new("is not an array")),
        (Shape::Map, Value::Object(entries)) => {
            let (key_field, value_field) = entry(field.kind)?;
            entries.into_iter().try_for_each(|(key, value)| {
                let mut entry = Vec::new();
                write(
                    key_field.number,
                    key_field.kind,
                    key_value(key_field.kind, key),
                    &mut entry,
                )?;
                write_field(value_field, value, &mut entry)?;
                length_delimited(field.number, &entry, bytes);
                Ok(())
            })
        }
        (Shape::Map, _) => Err(Unfit::new("is not an object")),
    }
}

/// Keys are text in JSON, whatever they are.
fn key_value(kind: Kind, key: String) -> Value {
    match (kind, key.as_str()) {
        (Kind::Bool, "true") => Value::Bool(true),
        (Kind::Bool, "false") => Value::Bool(false),
        _ => Value::String(key),
    }
}

/// Writes a value with prost's own encoders, whose functions the code that prost generates uses.
fn write(number: u32, kind: Kind, json: Value, bytes: &mut Vec<u8>) -> Result<(), Unfit> {
    match kind {
        Kind::Double => encoding::double::encode(number, &double(&json)?, bytes),
        // Rounding to the nearest float is what the field's type asks for.
        Kind::Float => encoding::float::encode(number, &(double(&json)? as f32), bytes),
        Kind::Int32 => encoding::int32::encode(number, &integer(&json)?, bytes),
        Kind::Int64 => encoding::int64::encode(number, &integer(&json)?, bytes),
        Kind::Uint32 => encoding::uint32::encode(number, &integer(&json)?, bytes),
        Kind::Uint64 => encoding::uint64::encode(number, &integer(&json)?, bytes),
        Kind::Sint32 => encoding::sint32::encode(number, &integer(&json)?, bytes),
        Kind::Sint64 => encoding::sint64::encode(number, &integer(&json)?, bytes),
        Kind::Fixed32 => encoding::fixed32::encode(number, &integer(&json)?, bytes),
        Kind::Fixed64 => encoding::fixed64::encode(number, &integer(&json)?, bytes),
        Kind::Sfixed32 => encoding::sfixed32::encode(number, &integer(&json)?, bytes),
        Kind::Sfixed64 => encoding::sfixed64::encode(number, &integer(&json)?, bytes),
        Kind::Bool => {
            let value = json.as_bool().ok_or(Unfit::new("is not true or false"))?;
            encoding::bool::encode(number, &value, bytes);
        }
        Kind::String => length_delimited(number, text(&json)?.as_bytes(), bytes),
        Kind::Bytes => length_delimited(number, &base64(text(&json)?)?, bytes),
        Kind::Enum(names) => encoding::int32::encode(number, &enumeration(names, &json)?, bytes),
        Kind::Message(message) => {
            let message = from_json(message, object(json)?)?;
            length_delimited(number, &message, bytes);
        }
        Kind::Struct => known(number, &json::Struct::from(&object(json)?), bytes),
        Kind::Value => known(number, &json::Value::from(&json), bytes),
        Kind::ListValue => {
            let Value::Array(items) = json else {
                return Err(Unfit::new("is not an array"));
            };
            known(number, &json::ListValue::from(&*items), bytes);
        }
        Kind::Timestamp => {
            let timestamp: prost_types::Timestamp = text(&json)?
                .parse()
                .map_err(|_| Unfit::new("is not a time"))?;
            known(number, &timestamp, bytes);
        }
        Kind::Duration => {
            let duration: prost_types::Duration = text(&json)?
                .parse()
                .map_err(|_| Unfit::new("is not a span of time"))?;
            known(number, &duration, bytes);
        }
        Kind::Wrapper(kind) => {
            let mut wrapper = Vec::new();
            write(1, *kind, json, &mut wrapper)?;
            length_delimited(number, &wrapper, bytes);
        }
    }
    Ok(())
}

fn known(number: u32, message: &impl prost::Message, bytes: &mut Vec<u8>) {
    length_delimited(number, &message.encode_to_vec(), bytes);
}

fn length_delimited(number: u32, value: &[u8], bytes: &mut Vec<u8>) {
    encoding::encode_key(number, WireType::LengthDelimited, bytes);
    encoding::encode_varint(value.len() as u64, bytes);
    bytes.extend_from_slice(value);
}

fn text(json: &Value) -> Result<&str, Unfit> {
    json.as_str().ok_or(Unfit::new("is not text"))
}

fn object(json: Value) -> Result<Map<String, Value>, Unfit> {
    match json {
        Value::Object(fields) => Ok(fields),
        _ => Err(Unfit::new("is not an object")),
    }
}

fn double(json: &Value) -> Result<f64, Unfit> {
    let number = match json {
        Value::Number(number) => number.as_f64(),
        // Rust reads `NaN`, `Infinity` and `-Infinity` as proto3 JSON writes them.
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.ok_or(Unfit::new("is not a number"))
}

/// An integer, also as text or with a fraction of zero, as proto3 JSON allows.
fn integer<T: TryFrom<i128>>(json: &Value) -> Result<T, Unfit> {
    let integer = match json {
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(integer), _) => Some(i128::from(integer)),
            (_, Some(integer)) => Some(i128::from(integer)),
            _ => number.as_f64().and_then(whole),
        },
        Value::String(text) => text
            .parse()
            .ok()
            .or_else(|| text.parse().ok().and_then(whole)),
        _ => None,
    };
    integer
        .and_then(|integer| T::try_from(integer).ok())
        .ok_or(Unfit::new("is not an integer that fits"))
}

fn whole(number: f64) -> Option<i128> {
    // The cast saturates, and `T` of the caller is smaller.
    (number.fract() == 0.0).then_some(number as i128)
}

fn enumeration(names: &Enum, json: &Value) -> Result<i32, Unfit> {
    match json {
        Value::String(name) => {
            let known = names.0.iter().find(|(_, known)| known == name);
            Ok(known.map_or(UNKNOWN_ENUM_VALUE, |(number, _)| *number))
        }
        json => integer(json),
    }
}

/// Either alphabet, padded or not, as proto3 JSON allows.
fn base64(text: &str) -> Result<Vec<u8>, Unfit> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabet = if text.contains(['-', '_']) {
        URL_SAFE
    } else {
        STANDARD
    };
    GeneralPurpose::new(&alphabet, config)
        .decode(text)
        .map_err(|_| Unfit::new("is not base64"))
}
