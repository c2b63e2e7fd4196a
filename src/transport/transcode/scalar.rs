//! Encodes a JSON value that is not an array or object as a field.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost::encoding::{self, WireType};
use serde_json::Value;

use super::error::TranscodeError;
use super::tables::{Enum, Kind};
use crate::json;
use crate::model::open_enum;

/// Appends a field, with the encoders that prost's generated code uses.
pub(super) fn write(
    number: u32,
    kind: Kind,
    json: Value,
    bytes: &mut Vec<u8>,
) -> Result<(), TranscodeError> {
    match kind {
        Kind::Double => encoding::double::encode(number, &double(&json)?, bytes),
        // The field's type requires rounding to the nearest float.
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
            let value = json
                .as_bool()
                .ok_or(TranscodeError::new("is not true or false"))?;
            encoding::bool::encode(number, &value, bytes);
        }
        Kind::String => length_delimited(number, text(&json)?.as_bytes(), bytes),
        Kind::Bytes => length_delimited(number, &base64(text(&json)?)?, bytes),
        Kind::Enum(names) => encoding::int32::encode(number, &enumeration(names, &json)?, bytes),
        // The caller writes objects and arrays, so this value is neither.
        Kind::Message(_) | Kind::Struct => return Err(TranscodeError::new("is not an object")),
        Kind::ListValue => return Err(TranscodeError::new("is not an array")),
        Kind::Value => {
            if matches!(&json, Value::Number(number) if number.as_f64().is_none()) {
                return Err(TranscodeError::new("is beyond the range of a double"));
            }
            well_known(number, &json::Value::from(&json), bytes);
        }
        Kind::Timestamp => {
            let timestamp: prost_types::Timestamp = text(&json)?
                .parse()
                .map_err(|_| TranscodeError::new("is not a timestamp"))?;
            well_known(number, &timestamp, bytes);
        }
        Kind::Duration => {
            let duration: prost_types::Duration = text(&json)?
                .parse()
                .map_err(|_| TranscodeError::new("is not a duration"))?;
            well_known(number, &duration, bytes);
        }
        Kind::Wrapper(kind) => {
            let mut wrapper = Vec::new();
            write(1, *kind, json, &mut wrapper)?;
            length_delimited(number, &wrapper, bytes);
        }
    }
    Ok(())
}

fn well_known(number: u32, message: &impl prost::Message, bytes: &mut Vec<u8>) {
    length_delimited(number, &message.encode_to_vec(), bytes);
}

fn length_delimited(number: u32, value: &[u8], bytes: &mut Vec<u8>) {
    encoding::encode_key(number, WireType::LengthDelimited, bytes);
    encoding::encode_varint(value.len() as u64, bytes);
    bytes.extend_from_slice(value);
}

fn text(json: &Value) -> Result<&str, TranscodeError> {
    json.as_str().ok_or(TranscodeError::new("is not text"))
}

fn double(json: &Value) -> Result<f64, TranscodeError> {
    let number = match json {
        Value::Number(number) => number.as_f64(),
        // Rust reads `NaN`, `Infinity` and `-Infinity` as proto3 JSON writes them.
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.ok_or(TranscodeError::new("is not a number"))
}

/// An integer. proto3 JSON also allows text and a fraction of zero.
fn integer<T: TryFrom<i128>>(json: &Value) -> Result<T, TranscodeError> {
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
        .ok_or(TranscodeError::new("is not an integer in range"))
}

fn whole(number: f64) -> Option<i128> {
    // The cast saturates, and the target type is smaller.
    (number.fract() == 0.0).then_some(number as i128)
}

fn enumeration(names: &Enum, json: &Value) -> Result<i32, TranscodeError> {
    match json {
        Value::String(name) => {
            let known = names.0.iter().find(|(_, known)| known == name);
            Ok(known.map_or_else(|| open_enum::number_of(name), |(number, _)| *number))
        }
        json => integer(json),
    }
}

/// Decodes base64. proto3 JSON allows both alphabets, with or without padding.
fn base64(text: &str) -> Result<Vec<u8>, TranscodeError> {
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
        .map_err(|_| TranscodeError::new("is not base64"))
}
