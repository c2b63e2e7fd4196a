//! Reads the encoded `Struct`, `Value` and `ListValue` without building anything.

use std::{slice, vec};

use super::encoded::Chunk;
use super::wire::{Field, Payload, WireError, key, length_delimited, varint};

/// The encoded bytes of one message.
#[derive(Clone)]
pub(super) enum Parts<'a> {
    One(&'a [u8]),
    /// The payloads of a field that occurred repeatedly. Protobuf merges such messages. For these three
    /// types that means to read the payloads one after the other.
    Many(Vec<&'a [u8]>),
    /// The outermost message.
    Chunks(&'a [Chunk]),
}

impl<'a> Parts<'a> {
    /// Calls `each` for every field.
    fn fields(
        &self,
        mut each: impl FnMut(Field<'a>) -> Result<(), WireError>,
    ) -> Result<(), WireError> {
        match self {
            Self::One(part) => all_fields(part, &mut each),
            Self::Many(parts) => parts
                .iter()
                .try_for_each(|part| all_fields(part, &mut each)),
            Self::Chunks(chunks) => chunks.iter().try_for_each(|chunk| match chunk {
                Chunk::Raw(bytes) => all_fields(bytes, &mut each),
                Chunk::Small(bytes) => all_fields(bytes, &mut each),
                Chunk::Field(number, bytes) => each(Field {
                    number: *number,
                    payload: Payload::Bytes(bytes),
                }),
            }),
        }
    }
}

fn all_fields<'a>(
    mut bytes: &'a [u8],
    each: &mut impl FnMut(Field<'a>) -> Result<(), WireError>,
) -> Result<(), WireError> {
    while !bytes.is_empty() {
        each(Field::read(&mut bytes)?)?;
    }
    Ok(())
}

/// The content of a `Value`.
#[derive(Clone)]
pub(super) enum Kind<'a> {
    Null,
    Number(f64),
    /// Not checked for UTF-8, which a reader that skips it does not need.
    String(&'a [u8]),
    Bool(bool),
    Struct(Parts<'a>),
    List(Parts<'a>),
}

impl<'a> Kind<'a> {
    #[inline]
    pub(super) fn of(value: Parts<'a>) -> Result<Self, WireError> {
        if let Parts::One(bytes) = value {
            // The form that every encoder writes: one field that fills the message.
            match bytes {
                [key @ (key::STRING | key::STRUCT | key::LIST), rest @ ..] => {
                    let mut rest = rest;
                    let length = varint(&mut rest)?;
                    if length == rest.len() as u64 {
                        return Ok(match *key {
                            key::STRING => Self::String(rest),
                            key::STRUCT => Self::Struct(Parts::One(rest)),
                            _ => Self::List(Parts::One(rest)),
                        });
                    }
                }
                [key::NUMBER, number @ ..] => {
                    if let Ok(number) = number.try_into() {
                        return Ok(Self::Number(f64::from_le_bytes(number)));
                    }
                }
                [key::BOOL, value @ (0 | 1)] => return Ok(Self::Bool(*value == 1)),
                [key::NULL, 0] | [] => return Ok(Self::Null),
                _ => {}
            }
        }
        Self::merged(&value)
    }

    /// The last field that is set. A message is merged with the adjacent ones of the same field.
    #[cold]
    fn merged(value: &Parts<'a>) -> Result<Self, WireError> {
        let (mut kind, mut last, mut parts) = (Self::Null, 0, Vec::new());
        value.fields(|field| {
            match (field.number, field.payload) {
                (1, Payload::Varint(_)) => kind = Self::Null,
                (2, Payload::Fixed64(number)) => kind = Self::Number(f64::from_le_bytes(number)),
                (3, Payload::Bytes(bytes)) => kind = Self::String(bytes),
                (4, Payload::Varint(value)) => kind = Self::Bool(value != 0),
                (5 | 6, Payload::Bytes(bytes)) => {
                    if field.number != last {
                        parts.clear();
                    }
                    parts.push(bytes);
                }
                (1..=6, _) => return Err(WireError::WireType),
                _ => return Ok(()),
            }
            last = field.number;
            Ok(())
        })?;
        Ok(match last {
            5 => Self::Struct(Parts::Many(parts)),
            6 => Self::List(Parts::Many(parts)),
            _ => kind,
        })
    }
}

/// The payloads of field 1 of a `Struct` (its entries) or a `ListValue` (its values), in order.
#[derive(Clone)]
pub(super) struct Items<'a> {
    bytes: &'a [u8],
    more: More<'a>,
}

#[derive(Clone)]
enum More<'a> {
    None,
    Parts(Box<vec::IntoIter<&'a [u8]>>),
    Chunks(slice::Iter<'a, Chunk>),
}

impl<'a> Items<'a> {
    #[inline(always)]
    pub(super) fn new(parts: Parts<'a>) -> Self {
        let (bytes, more) = match parts {
            Parts::One(bytes) => (bytes, More::None),
            Parts::Many(parts) => (Default::default(), More::Parts(Box::new(parts.into_iter()))),
            Parts::Chunks(chunks) => (Default::default(), More::Chunks(chunks.iter())),
        };
        Self { bytes, more }
    }

    /// The next item, `None` after the last.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Result<Option<&'a [u8]>, WireError> {
        match self.bytes {
            [key::FIRST, rest @ ..] => {
                self.bytes = rest;
                length_delimited(&mut self.bytes).map(Some)
            }
            [] if matches!(self.more, More::None) => Ok(None),
            _ => self.find(),
        }
    }

    /// The next item, if it does not start at the current position.
    fn find(&mut self) -> Result<Option<&'a [u8]>, WireError> {
        loop {
            if self.bytes.is_empty() {
                match self.refill() {
                    Refill::Bytes => continue,
                    Refill::Item(item) => return Ok(Some(item)),
                    Refill::End => return Ok(None),
                }
            }
            // An unknown field, a key in more bytes than necessary, or the item after one of these.
            let field = Field::read(&mut self.bytes)?;
            match (field.number, field.payload) {
                (1, Payload::Bytes(item)) => return Ok(Some(item)),
                (1, _) => return Err(WireError::WireType),
                _ => {}
            }
        }
    }

    #[inline]
    fn refill(&mut self) -> Refill<'a> {
        match &mut self.more {
            More::None => Refill::End,
            More::Parts(parts) => parts.next().map_or(Refill::End, |part| {
                self.bytes = part;
                Refill::Bytes
            }),
            More::Chunks(chunks) => match chunks.next() {
                None => Refill::End,
                Some(Chunk::Raw(bytes)) => {
                    self.bytes = bytes;
                    Refill::Bytes
                }
                Some(Chunk::Small(bytes)) => {
                    self.bytes = bytes;
                    Refill::Bytes
                }
                Some(Chunk::Field(1, item)) => Refill::Item(item),
                Some(Chunk::Field(..)) => Refill::Bytes,
            },
        }
    }

    /// The number of remaining items up to the first malformed one.
    pub(super) fn count(&self) -> usize {
        let mut items = self.clone();
        let mut count = 0;
        while let Ok(Some(_)) = items.next() {
            count += 1;
        }
        count
    }
}

enum Refill<'a> {
    Bytes,
    Item(&'a [u8]),
    End,
}

/// The name and the value of an entry of a `Struct`.
#[inline(always)]
pub(super) fn entry(entry: &[u8]) -> Result<(&[u8], Parts<'_>), WireError> {
    match plain_entry(entry) {
        Some((name, value)) => Ok((name, Parts::One(value))),
        None => merged_entry(entry),
    }
}

/// Reads an entry in the form that every encoder writes: the name, then the value.
#[inline(always)]
fn plain_entry(entry: &[u8]) -> Option<(&[u8], &[u8])> {
    let [key::FIRST, rest @ ..] = entry else {
        return None;
    };
    let mut rest = rest;
    let name = length_delimited(&mut rest).ok()?;
    let [key::ENTRY_VALUE, value @ ..] = rest else {
        return None;
    };
    let mut value = value;
    let length = varint(&mut value).ok()?;
    (length == value.len() as u64).then_some((name, value))
}

/// Reads an entry with missing, repeated or unknown fields.
#[cold]
fn merged_entry(entry: &[u8]) -> Result<(&[u8], Parts<'_>), WireError> {
    let (mut name, mut values) = (Default::default(), Vec::new());
    Parts::One(entry).fields(|field| {
        match (field.number, field.payload) {
            (1, Payload::Bytes(bytes)) => name = bytes,
            (2, Payload::Bytes(bytes)) => values.push(bytes),
            (1 | 2, _) => return Err(WireError::WireType),
            _ => {}
        }
        Ok(())
    })?;
    Ok((name, Parts::Many(values)))
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, WireError> {
    std::str::from_utf8(bytes).map_err(|_| WireError::Utf8)
}

/// The payload of the only field of a message, if its key is `key`.
#[inline(always)]
pub(super) fn only(message: &[u8], key: u8) -> Option<&[u8]> {
    let (found, mut rest) = message.split_first()?;
    if *found != key {
        return None;
    }
    if key != super::wire::key::NUMBER {
        let length = varint(&mut rest).ok()?;
        if length != rest.len() as u64 {
            return None;
        }
    }
    Some(rest)
}

#[inline(always)]
pub(super) fn double(payload: &[u8]) -> Option<f64> {
    payload.try_into().ok().map(f64::from_le_bytes)
}
