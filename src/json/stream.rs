//! Writes JSON from any deserializer as encoded bytes, without a tree of values.
//!
//! A tree takes many times the memory of the text: 32 bytes for each `0`.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::private_names::RAW_NUMBER;
use super::wire::key;

/// The bytes reserved for the length of a payload that is not written yet.
const RESERVED: usize = 5;

/// The start of a payload whose length is not known yet.
#[must_use]
pub(crate) struct OpenPayload(usize);

/// Reserves space for the length of the payload that is written next.
pub(crate) fn open(bytes: &mut Vec<u8>) -> OpenPayload {
    bytes.extend_from_slice(&[0; RESERVED]);
    OpenPayload(bytes.len())
}

/// Writes the length of a payload and moves the payload next to it. A large payload is not moved, but
/// gets a length in more bytes than necessary: otherwise each byte would move once per level.
pub(crate) fn close(bytes: &mut Vec<u8>, payload: OpenPayload) {
    const LARGE: usize = 64 * 1024;
    let start = payload.0 - RESERVED;
    let length = bytes.len() - payload.0;
    let used = match length {
        ..LARGE => prost::encoding::encoded_len_varint(length as u64),
        _ => RESERVED,
    };
    for (index, byte) in bytes[start..start + used].iter_mut().enumerate() {
        let more = if index + 1 < used { 0x80 } else { 0 };
        *byte = (length >> (7 * index)) as u8 & 0x7f | more;
    }
    if used < RESERVED {
        bytes.copy_within(payload.0.., start + used);
        bytes.truncate(start + used + length);
    }
}

/// Appends an object as the content of a `Value`.
pub(crate) fn object<'de, A: MapAccess<'de>>(
    map: A,
    first: Option<String>,
    bytes: &mut Vec<u8>,
) -> Result<(), A::Error> {
    bytes.push(key::STRUCT);
    let object = open(bytes);
    fields(map, first, bytes)?;
    close(bytes, object);
    Ok(())
}

/// Appends the fields of an object as fields of a `Struct`. `first` is the name of the first field, if
/// the object has any.
pub(crate) fn fields<'de, A: MapAccess<'de>>(
    mut map: A,
    first: Option<String>,
    bytes: &mut Vec<u8>,
) -> Result<(), A::Error> {
    let mut name = first;
    while let Some(text) = name {
        bytes.push(key::FIRST);
        let entry = open(bytes);
        delimited(bytes, key::FIRST, text.as_bytes());
        bytes.push(key::ENTRY_VALUE);
        let value = open(bytes);
        map.next_value_seed(Value(bytes))?;
        close(bytes, value);
        close(bytes, entry);
        name = map.next_key()?;
    }
    Ok(())
}

/// Appends the elements of an array as fields of a `ListValue`.
pub(crate) fn items<'de, A: SeqAccess<'de>>(
    mut seq: A,
    bytes: &mut Vec<u8>,
) -> Result<(), A::Error> {
    loop {
        let start = bytes.len();
        bytes.push(key::FIRST);
        let item = open(bytes);
        if seq.next_element_seed(Value(bytes))?.is_none() {
            bytes.truncate(start);
            return Ok(());
        }
        close(bytes, item);
    }
}

fn delimited(bytes: &mut Vec<u8>, key: u8, payload: &[u8]) {
    bytes.push(key);
    prost::encoding::encode_varint(payload.len() as u64, bytes);
    bytes.extend_from_slice(payload);
}

/// The number that serde_json passes as text under a private name, if a crate of the program enables
/// its feature `arbitrary_precision`.
pub(crate) fn number<'de, A: MapAccess<'de>>(
    map: &mut A,
    first: Option<&str>,
) -> Result<Option<Number>, A::Error> {
    if first != Some(RAW_NUMBER) {
        return Ok(None);
    }
    let text: String = map.next_value()?;
    text.parse().map(Some).map_err(A::Error::custom)
}

/// Appends the content of a `Value`.
pub(crate) struct Value<'b>(pub &'b mut Vec<u8>);

impl Value<'_> {
    pub fn number(self, number: &Number) -> Result<(), &'static str> {
        // Only a number that is kept as text can be too large.
        let double = number.as_f64().ok_or("is beyond the range of a double")?;
        self.double(double);
        Ok(())
    }

    fn double(self, double: f64) {
        self.0.push(key::NUMBER);
        self.0.extend_from_slice(&double.to_le_bytes());
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.extend_from_slice(&[key::NULL, 0]);
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.0.extend_from_slice(&[key::BOOL, value.into()]);
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.double(number as f64);
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.double(number as f64);
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.double(number);
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        delimited(self.0, key::STRING, text.as_bytes());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        self.0.push(key::LIST);
        let list = open(self.0);
        items(seq, self.0)?;
        close(self.0, list);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let first: Option<String> = map.next_key()?;
        if let Some(number) = number(&mut map, first.as_deref())? {
            return self.number(&number).map_err(A::Error::custom);
        }
        object(map, first, self.0)
    }
}
