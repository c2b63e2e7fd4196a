//! Converts JSON to an encoded message.

use std::cell::Cell;
use std::fmt;

use prost::encoding::{self, WireType};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::error::TranscodeError;
use super::memory::{MAX_ELEMENTS, TOO_MANY};
use super::scalar;
use super::tables::{Field, Kind, Message, Shape, map_entry};
use crate::json::stream::{self, OpenPayload};

/// Encodes a message. Fields that are not in the tables, because they are newer, are ignored.
pub(crate) fn from_json(
    message: &Message,
    object: Map<String, Value>,
) -> Result<Vec<u8>, TranscodeError> {
    let read = read_json(message, Value::Object(object), Vec::new());
    read.map_err(|error| match error {
        ReadError::Transcode(error) => error,
        ReadError::Json(_) => TranscodeError::new("is not an object"),
    })
}

/// Why JSON cannot be read as a message.
pub(crate) enum ReadError<E> {
    Transcode(TranscodeError),
    Json(E),
}

/// Appends the encoded message to `bytes`, without a tree of JSON values.
pub(crate) fn read_json<'de, D: Deserializer<'de>>(
    message: &Message,
    json: D,
    mut bytes: Vec<u8>,
) -> Result<Vec<u8>, ReadError<D::Error>> {
    let failure = Cell::new(None);
    let root = Root {
        message,
        bytes: &mut bytes,
        failure: &failure,
    };
    match json.deserialize_map(root) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(match failure.take() {
            Some(error) => ReadError::Transcode(error),
            None => ReadError::Json(error),
        }),
    }
}

struct Root<'t> {
    message: &'t Message,
    bytes: &'t mut Vec<u8>,
    failure: &'t Cell<Option<TranscodeError>>,
}

impl<'de> Visitor<'de> for Root<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let first = None;
        message_fields(self.message, map, first, self.bytes, self.failure)
    }
}

/// Appends the fields of a message. `first` is the name of the first field if it was read already.
fn message_fields<'de, A: MapAccess<'de>>(
    message: &Message,
    mut map: A,
    first: Option<String>,
    bytes: &mut Vec<u8>,
    failure: &Cell<Option<TranscodeError>>,
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
                let target = Target::field(field, &mut *bytes, failure);
                map.next_value_seed(target)?;
            }
        }
        name = map.next_key()?;
    }
    Ok(())
}

/// The field that a JSON value is written to.
struct Target<'t> {
    name: &'static str,
    number: u32,
    kind: Kind,
    shape: Shape,
    /// An element of a list, in which null does not mean "not set".
    is_element: bool,
    bytes: &'t mut Vec<u8>,
    failure: &'t Cell<Option<TranscodeError>>,
}

impl<'t> Target<'t> {
    fn field(
        field: &Field,
        bytes: &'t mut Vec<u8>,
        failure: &'t Cell<Option<TranscodeError>>,
    ) -> Self {
        Self {
            name: field.name,
            number: field.number,
            kind: field.kind,
            shape: field.shape,
            is_element: false,
            bytes,
            failure,
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

    fn open(&mut self) -> OpenPayload {
        encoding::encode_key(self.number, WireType::LengthDelimited, self.bytes);
        stream::open(self.bytes)
    }

    /// Writes a value that is not an array or object. Fails for an array or object in the wrong place.
    fn scalar<E: Error>(self, json: Value) -> Result<(), E> {
        let unset = json.is_null() && !self.is_element && !matches!(self.kind, Kind::Value);
        let written = match (self.shape, self.kind) {
            _ if unset => Ok(()),
            (Shape::Repeated, _) => Err(TranscodeError::new("is not an array")),
            (Shape::Map, _) => Err(TranscodeError::new("is not an object")),
            (_, kind) => scalar::write(self.number, kind, json, self.bytes),
        };
        written.map_err(|error| {
            self.failure.set(Some(error));
            E::custom("cannot be transcoded")
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
            let written = map_entry(self.kind).and_then(|(key, value)| {
                let text = key_value(key.kind, text);
                scalar::write(key.number, key.kind, text, self.bytes).map(|()| value)
            });
            let value = written.map_err(|error| {
                self.failure.set(Some(error));
                Error::custom("cannot be transcoded")
            })?;
            map.next_value_seed(Target::field(value, self.bytes, self.failure))?;
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
                    message_fields(message, map, first, self.bytes, self.failure)?;
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
                stream::object(map, first, self.bytes)?;
                stream::close(self.bytes, at);
                Ok(())
            }
            // For the error.
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
                        self.failure.set(Some(TranscodeError::new(TOO_MANY)));
                        return Err(Error::custom(TOO_MANY));
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

impl<'de> DeserializeSeed<'de> for Target<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let (name, failure, is_element) = (self.name, self.failure, self.is_element);
        let read = json.deserialize_any(self);
        // The list adds the name for its elements.
        if read.is_err() && !is_element {
            failure.set(failure.take().map(|inner| inner.within(name)));
        }
        read
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty,)*) => {
        $(
            fn $method<E: Error>(self, value: $type) -> Result<(), E> {
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

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        self.array(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.object(map)
    }
}

/// The value of a map key, which is always text in JSON.
fn key_value(kind: Kind, key: String) -> Value {
    match (kind, key.as_str()) {
        (Kind::Bool, "true") => Value::Bool(true),
        (Kind::Bool, "false") => Value::Bool(false),
        _ => Value::String(key),
    }
}
