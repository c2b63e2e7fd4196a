//! JSON as an encoded message.

use std::cell::Cell;
use std::fmt;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost::encoding::{self, WireType};
use serde_core::Deserializer;
use serde_core::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::weigh::{MAX_ELEMENTS, TOO_MANY};
use super::{Enum, Field, Kind, Message, Shape, Unfit, entry};
use crate::json;
use crate::json::stream::{self, Gap};
use crate::model::open_enum;

/// The encoded form of a message. Fields that are not in the tables are newer, and left out.
pub(crate) fn from_json(message: &Message, object: Map<String, Value>) -> Result<Vec<u8>, Unfit> {
    let read = read_json(message, Value::Object(object), Vec::new());
    read.map_err(|error| match error {
        Unread::Unfit(unfit) => unfit,
        Unread::Json(_) => Unfit::new("is not an object"),
    })
}

/// Why JSON is no message.
pub(crate) enum Unread<E> {
    Unfit(Unfit),
    Json(E),
}

/// Adds the encoded form of a message to `bytes`, with no tree of the JSON in between.
pub(crate) fn read_json<'de, D: Deserializer<'de>>(
    message: &Message,
    json: D,
    mut bytes: Vec<u8>,
) -> Result<Vec<u8>, Unread<D::Error>> {
    let unfit = Cell::new(None);
    let outermost = Outermost {
        message,
        bytes: &mut bytes,
        unfit: &unfit,
    };
    match json.deserialize_map(outermost) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(match unfit.take() {
            Some(unfit) => Unread::Unfit(unfit),
            None => Unread::Json(error),
        }),
    }
}

struct Outermost<'t> {
    message: &'t Message,
    bytes: &'t mut Vec<u8>,
    unfit: &'t Cell<Option<Unfit>>,
}

impl<'de> Visitor<'de> for Outermost<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let first = None;
        message_fields(self.message, map, first, self.bytes, self.unfit)
    }
}

/// Adds the fields of a message. The name of the first may have been taken already.
fn message_fields<'de, A: MapAccess<'de>>(
    message: &Message,
    mut map: A,
    first: Option<String>,
    bytes: &mut Vec<u8>,
    unfit: &Cell<Option<Unfit>>,
) -> Result<(), A::Error> {
    let mut name = match first {
        Some(first) => Some(first),
        None => map.next_key::<String>()?,
    };
    while let Some(text) = name {
        let mut known = message.fields.iter();
        match known.find(|field| field.name == text || field.json_name == text) {
            None => drop(map.next_value::<IgnoredAny>()?),
            Some(field) => {
                let target = Target::field(field, &mut *bytes, unfit);
                map.next_value_seed(target)?;
            }
        }
        name = map.next_key()?;
    }
    Ok(())
}

/// Where a JSON value goes.
struct Target<'t> {
    name: &'static str,
    number: u32,
    kind: Kind,
    shape: Shape,
    /// Of a list, where null does not say "not set".
    is_element: bool,
    bytes: &'t mut Vec<u8>,
    unfit: &'t Cell<Option<Unfit>>,
}

impl<'t> Target<'t> {
    fn field(field: &Field, bytes: &'t mut Vec<u8>, unfit: &'t Cell<Option<Unfit>>) -> Self {
        Self {
            name: field.name,
            number: field.number,
            kind: field.kind,
            shape: field.shape,
            is_element: false,
            bytes,
            unfit,
        }
    }

    fn element(&mut self) -> Target<'_> {
        Target {
            shape: Shape::Single,
            is_element: true,
            bytes: self.bytes,
            ..*self
        }
    }

    fn open(&mut self) -> Gap {
        encoding::encode_key(self.number, WireType::LengthDelimited, self.bytes);
        stream::open(self.bytes)
    }

    /// A value that is neither an array nor an object, or one of these that may not be there.
    fn scalar<E: serde_core::de::Error>(self, json: Value) -> Result<(), E> {
        let unset = json.is_null() && !self.is_element && !matches!(self.kind, Kind::Value);
        let written = match (self.shape, self.kind) {
            _ if unset => Ok(()),
            (Shape::Repeated, _) => Err(Unfit::new("is not an array")),
            (Shape::Map, _) => Err(Unfit::new("is not an object")),
            (_, kind) => write(self.number, kind, json, self.bytes),
        };
        written.map_err(|unfit| {
            self.unfit.set(Some(unfit));
            E::custom("does not fit")
        })
    }

    fn entries<'de, A: MapAccess<'de>>(
        &mut self,
        mut map: A,
        first: Option<String>,
    ) -> Result<(), A::Error> {
        let mut name = first;
        while let Some(text) = name {
            let at = self.open();
            let written = entry(self.kind).and_then(|(key, value)| {
                let text = key_value(key.kind, text);
                write(key.number, key.kind, text, self.bytes).map(|()| value)
            });
            let value = written.map_err(|unfit| {
                self.unfit.set(Some(unfit));
                serde_core::de::Error::custom("does not fit")
            })?;
            map.next_value_seed(Target::field(value, self.bytes, self.unfit))?;
            stream::close(self.bytes, at);
            name = map.next_key()?;
        }
        Ok(())
    }

    fn object<'de, A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let first: Option<String> = map.next_key()?;
        if let Some(number) = stream::number(&mut map, first.as_deref())? {
            return self.scalar(Value::Number(number));
        }
        match (self.shape, self.kind) {
            (Shape::Map, _) => self.entries(map, first),
            (Shape::Single | Shape::Optional, Kind::Message(message)) => {
                let at = self.open();
                if first.is_some() {
                    message_fields(message, map, first, self.bytes, self.unfit)?;
                }
                stream::close(self.bytes, at);
                Ok(())
            }
            (Shape::Single | Shape::Optional, Kind::Struct) => {
                let at = self.open();
                stream::fields(map, first, self.bytes)?;
                stream::close(self.bytes, at);
                Ok(())
            }
            (Shape::Single | Shape::Optional, Kind::Value) => {
                let at = self.open();
                self.bytes.push(STRUCT_VALUE);
                let object = stream::open(self.bytes);
                stream::fields(map, first, self.bytes)?;
                stream::close(self.bytes, object);
                stream::close(self.bytes, at);
                Ok(())
            }
            // For what is wrong with it.
            _ => self.scalar(Value::Object(Map::new())),
        }
    }

    fn array<'de, A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        match (self.shape, self.kind) {
            (Shape::Repeated, _) => {
                let mut count = 0;
                while seq.next_element_seed(self.element())?.is_some() {
                    count += 1;
                    if count > MAX_ELEMENTS {
                        self.unfit.set(Some(Unfit::new(TOO_MANY)));
                        return Err(serde_core::de::Error::custom(TOO_MANY));
                    }
                }
                Ok(())
            }
            (Shape::Single | Shape::Optional, Kind::ListValue) => {
                let at = self.open();
                stream::items(seq, self.bytes)?;
                stream::close(self.bytes, at);
                Ok(())
            }
            (Shape::Single | Shape::Optional, Kind::Value) => {
                let at = self.open();
                stream::Value(self.bytes).visit_seq(seq)?;
                stream::close(self.bytes, at);
                Ok(())
            }
            _ => self.scalar(Value::Array(Vec::new())),
        }
    }
}

/// The key of `google.protobuf.Value.struct_value`.
const STRUCT_VALUE: u8 = 0x2a;

impl<'de> DeserializeSeed<'de> for Target<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let (name, unfit, is_element) = (self.name, self.unfit, self.is_element);
        let read = json.deserialize_any(self);
        // The list around an element has the same name.
        if read.is_err() && !is_element {
            unfit.set(unfit.take().map(|inner| inner.within(name)));
        }
        read
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty,)*) => {
        $(
            fn $method<E: serde_core::de::Error>(self, value: $type) -> Result<(), E> {
                self.scalar(Value::from(value))
            }
        )*
    };
}

impl<'de> Visitor<'de> for Target<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    scalars! {
        visit_bool: bool,
        visit_i64: i64,
        visit_u64: u64,
        visit_f64: f64,
        visit_str: &str,
        visit_string: String,
    }

    fn visit_unit<E: serde_core::de::Error>(self) -> Result<(), E> {
        self.scalar(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        self.array(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.object(map)
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
        // These are written as they are read; what comes here is something else.
        Kind::Message(_) | Kind::Struct => return Err(Unfit::new("is not an object")),
        Kind::ListValue => return Err(Unfit::new("is not an array")),
        Kind::Value => {
            if matches!(&json, Value::Number(number) if number.as_f64().is_none()) {
                return Err(Unfit::new("is beyond the range of a double"));
            }
            known(number, &json::Value::from(&json), bytes);
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
            Ok(known.map_or_else(|| open_enum::number_of(name), |(number, _)| *number))
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
