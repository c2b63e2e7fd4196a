//! Converts an encoded message to JSON.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use prost::encoding::{self, DecodeContext, WireType};
use serde_json::{Map, Number, Value};

use super::error::TranscodeError;
use super::tables::{Field, Kind, Message, Shape, map_entry};
use crate::json::{self, wire};
use crate::model::open_enum;

const MALFORMED: &str = "is not validly encoded";

/// Converts a message to a JSON object. Fields that are not in the tables are ignored.
pub(crate) fn to_json(
    message: &Message,
    mut bytes: &[u8],
) -> Result<Map<String, Value>, TranscodeError> {
    let mut object = Map::new();
    while !bytes.is_empty() {
        let (number, wire_type) = encoding::decode_key(&mut bytes).map_err(malformed)?;
        let known = message.fields.iter().find(|field| field.number == number);
        let Some(field) = known else {
            encoding::skip_field(wire_type, number, &mut bytes, DecodeContext::default())
                .map_err(malformed)?;
            continue;
        };
        read(field, wire_type, &mut bytes, &mut object)
            .map_err(|error| error.within(field.name))?;
    }
    Ok(object)
}

/// Reads one occurrence of a field.
fn read(
    field: &Field,
    wire_type: WireType,
    bytes: &mut &[u8],
    object: &mut Map<String, Value>,
) -> Result<(), TranscodeError> {
    match field.shape {
        Shape::Single | Shape::Optional => {
            let value = value(field.kind, wire_type, bytes)?;
            object.insert(field.name.to_owned(), value);
        }
        Shape::Repeated => {
            let items = object
                .entry(field.name)
                .or_insert_with(|| Value::Array(Vec::new()));
            let Value::Array(items) = items else {
                return Err(TranscodeError::new(MALFORMED));
            };
            let own = wire_type_of(field.kind);
            if wire_type == WireType::LengthDelimited && own != wire_type {
                let mut packed = length_delimited(wire_type, bytes)?;
                while !packed.is_empty() {
                    items.push(value(field.kind, own, &mut packed)?);
                }
            } else {
                items.push(value(field.kind, wire_type, bytes)?);
            }
        }
        Shape::Map => {
            let (key_field, value_field) = map_entry(field.kind)?;
            let mut entry = message(field.kind, length_delimited(wire_type, bytes)?)?;
            let key = match entry.remove(key_field.name) {
                Some(Value::String(key)) => key,
                Some(key) => key.to_string(),
                None => default(key_field.kind).map_or_else(String::new, |key| match key {
                    Value::String(key) => key,
                    key => key.to_string(),
                }),
            };
            let value = entry
                .remove(value_field.name)
                .or_else(|| default(value_field.kind))
                .unwrap_or_default();
            let entries = object
                .entry(field.name)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(entries) = entries {
                entries.insert(key, value);
            }
        }
    }
    Ok(())
}

fn message(kind: Kind, bytes: &[u8]) -> Result<Map<String, Value>, TranscodeError> {
    match kind {
        Kind::Message(message) => to_json(message, bytes),
        _ => Err(TranscodeError::new(MALFORMED)),
    }
}

/// Reads a value, with the decoders that prost's generated code uses.
macro_rules! scalar {
    ($codec:ident, $wire_type:expr, $bytes:expr) => {{
        let mut value = Default::default();
        encoding::$codec::merge($wire_type, &mut value, $bytes, DecodeContext::default())
            .map_err(malformed)?;
        value
    }};
}

fn value(kind: Kind, wire_type: WireType, bytes: &mut &[u8]) -> Result<Value, TranscodeError> {
    Ok(match kind {
        Kind::Double => double(scalar!(double, wire_type, bytes)),
        Kind::Float => float(scalar!(float, wire_type, bytes)),
        Kind::Int32 => Value::from(scalar!(int32, wire_type, bytes)),
        Kind::Uint32 => Value::from(scalar!(uint32, wire_type, bytes)),
        Kind::Sint32 => Value::from(scalar!(sint32, wire_type, bytes)),
        Kind::Fixed32 => Value::from(scalar!(fixed32, wire_type, bytes)),
        Kind::Sfixed32 => Value::from(scalar!(sfixed32, wire_type, bytes)),
        // As text, because many JSON readers use doubles, which cannot represent all of them.
        Kind::Int64 => Value::from(scalar!(int64, wire_type, bytes).to_string()),
        Kind::Uint64 => Value::from(scalar!(uint64, wire_type, bytes).to_string()),
        Kind::Sint64 => Value::from(scalar!(sint64, wire_type, bytes).to_string()),
        Kind::Fixed64 => Value::from(scalar!(fixed64, wire_type, bytes).to_string()),
        Kind::Sfixed64 => Value::from(scalar!(sfixed64, wire_type, bytes).to_string()),
        Kind::Bool => Value::from(scalar!(bool, wire_type, bytes)),
        Kind::String => {
            let text = length_delimited(wire_type, bytes)?;
            Value::from(std::str::from_utf8(text).map_err(malformed)?)
        }
        Kind::Bytes => Value::from(BASE64_STANDARD.encode(length_delimited(wire_type, bytes)?)),
        Kind::Enum(names) => {
            let number = scalar!(int32, wire_type, bytes);
            let name = names.0.iter().find(|(known, _)| *known == number);
            let name = name
                .map(|(_, name)| *name)
                .or_else(|| open_enum::name_of(number));
            name.map_or_else(|| Value::from(number), Value::from)
        }
        Kind::Message(message) => {
            Value::Object(to_json(message, length_delimited(wire_type, bytes)?)?)
        }
        Kind::Struct => {
            let fields: json::Struct = well_known(wire_type, bytes)?;
            fields.value().map_err(malformed)?
        }
        Kind::Value => {
            let value: json::Value = well_known(wire_type, bytes)?;
            value.value().map_err(malformed)?
        }
        Kind::ListValue => {
            let list: json::ListValue = well_known(wire_type, bytes)?;
            list.value().map_err(malformed)?
        }
        Kind::Timestamp => {
            let timestamp: prost_types::Timestamp = well_known(wire_type, bytes)?;
            Value::from(timestamp.to_string())
        }
        Kind::Duration => {
            let duration: prost_types::Duration = well_known(wire_type, bytes)?;
            Value::from(duration.to_string())
        }
        Kind::Wrapper(kind) => {
            let mut wrapper = length_delimited(wire_type, bytes)?;
            if wrapper.is_empty() {
                return default(*kind).ok_or(TranscodeError::new(MALFORMED));
            }
            let (_, wire_type) = encoding::decode_key(&mut wrapper).map_err(malformed)?;
            value(*kind, wire_type, &mut wrapper)?
        }
    })
}

fn well_known<M: prost::Message + Default>(
    wire_type: WireType,
    bytes: &mut &[u8],
) -> Result<M, TranscodeError> {
    M::decode(length_delimited(wire_type, bytes)?).map_err(malformed)
}

fn length_delimited<'a>(
    wire_type: WireType,
    bytes: &mut &'a [u8],
) -> Result<&'a [u8], TranscodeError> {
    encoding::check_wire_type(WireType::LengthDelimited, wire_type).map_err(malformed)?;
    wire::length_delimited(bytes).map_err(malformed)
}

fn wire_type_of(kind: Kind) -> WireType {
    match kind {
        Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => WireType::SixtyFourBit,
        Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => WireType::ThirtyTwoBit,
        Kind::Int32
        | Kind::Int64
        | Kind::Uint32
        | Kind::Uint64
        | Kind::Sint32
        | Kind::Sint64
        | Kind::Bool
        | Kind::Enum(_) => WireType::Varint,
        _ => WireType::LengthDelimited,
    }
}

/// The default value of a field. `None` for well-known messages.
fn default(kind: Kind) -> Option<Value> {
    Some(match kind {
        Kind::Double | Kind::Float => Value::from(0.0),
        Kind::Int32 | Kind::Uint32 | Kind::Sint32 | Kind::Fixed32 | Kind::Sfixed32 => {
            Value::from(0)
        }
        Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64 => {
            Value::from("0")
        }
        Kind::Bool => Value::from(false),
        Kind::String | Kind::Bytes => Value::from(""),
        Kind::Enum(names) => {
            let name = names.0.iter().find(|(number, _)| *number == 0);
            name.map_or(Value::from(0), |(_, name)| Value::from(*name))
        }
        Kind::Message(_) => Value::Object(Map::new()),
        _ => return None,
    })
}

/// A double. JSON has no number for NaN and the infinities.
fn double(number: f64) -> Value {
    let text = match number {
        _ if number.is_nan() => "NaN",
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        _ => return Number::from_f64(number).map_or(Value::Null, Value::Number),
    };
    Value::from(text)
}

/// The shortest decimal that parses to this float, instead of the digits of the equal double.
fn float(number: f32) -> Value {
    if !number.is_finite() {
        return double(number.into());
    }
    let shortest = number.to_string().parse();
    double(shortest.unwrap_or_else(|_| number.into()))
}

fn malformed<E>(_: E) -> TranscodeError {
    TranscodeError::new(MALFORMED)
}
