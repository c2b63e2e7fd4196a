//! Walks the wire bytes of `Struct`, `Value` and `ListValue` without building anything of them.

use std::{fmt, slice, vec};

use super::message::Chunk;

/// How deep arrays and objects may nest, in what is read and in what is written.
pub(super) const MAX_DEPTH: u8 = 100;

/// Why bytes are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    Truncated,
    Varint,
    Key,
    WireType,
    Group,
    Utf8,
    Depth,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the encoded value ends too early",
            Self::Varint => "the encoded value holds a varint of more than 64 bits",
            Self::Key => "the encoded value holds an impossible field number",
            Self::WireType => "the encoded value holds a field of another type",
            Self::Group => "the encoded value holds a group that does not end",
            Self::Utf8 => "the encoded value holds text that is not UTF-8",
            Self::Depth => "the value nests deeper than 100 levels",
        })
    }
}

// The wire types, as they stand in the low bits of a key.
const VARINT: u8 = 0;
const FIXED_64: u8 = 1;
const LENGTH_DELIMITED: u8 = 2;
const GROUP: u8 = 3;
const GROUP_END: u8 = 4;
const FIXED_32: u8 = 5;

/// The keys of the known fields: number and wire type.
pub(super) mod key {
    /// `Struct.fields` and `ListValue.values`, and the key of an entry.
    pub const FIRST: u8 = 0x0a;
    /// The value of an entry.
    pub const ENTRY_VALUE: u8 = 0x12;
    pub const NULL: u8 = 0x08;
    pub const NUMBER: u8 = 0x11;
    pub const STRING: u8 = 0x1a;
    pub const BOOL: u8 = 0x20;
    pub const STRUCT: u8 = 0x2a;
    pub const LIST: u8 = 0x32;
}

/// The bytes of one message.
#[derive(Clone)]
pub(super) enum Parts<'a> {
    One(&'a [u8]),
    /// Its field occurred repeatedly: protobuf merges such messages, and for these three that is to
    /// read one after the other.
    Many(Vec<&'a [u8]>),
    /// As the outermost one is kept.
    Chunks(&'a [Chunk]),
}

impl<'a> Parts<'a> {
    /// Every field in turn.
    fn fields(&self, mut each: impl FnMut(Field<'a>) -> Result<(), Broken>) -> Result<(), Broken> {
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
    each: &mut impl FnMut(Field<'a>) -> Result<(), Broken>,
) -> Result<(), Broken> {
    while !bytes.is_empty() {
        each(Field::read(&mut bytes)?)?;
    }
    Ok(())
}

/// What a `Value` holds.
#[derive(Clone)]
pub(super) enum Kind<'a> {
    Null,
    Number(f64),
    /// Not yet known to be UTF-8: a reader that skips it need not look.
    String(&'a [u8]),
    Bool(bool),
    Struct(Parts<'a>),
    List(Parts<'a>),
}

impl<'a> Kind<'a> {
    #[inline]
    pub(super) fn of(value: Parts<'a>) -> Result<Self, Broken> {
        if let Parts::One(bytes) = value {
            // What every encoder writes: one field that fills the message.
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

    /// The last kind that is set; a message together with those of the same kind right before it.
    #[cold]
    fn merged(value: &Parts<'a>) -> Result<Self, Broken> {
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
                (1..=6, _) => return Err(Broken::WireType),
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
    pub(super) fn next(&mut self) -> Result<Option<&'a [u8]>, Broken> {
        match self.bytes {
            [key::FIRST, rest @ ..] => {
                self.bytes = rest;
                length_delimited(&mut self.bytes).map(Some)
            }
            [] if matches!(self.more, More::None) => Ok(None),
            _ => self.find(),
        }
    }

    /// The next item, when it does not begin right here.
    fn find(&mut self) -> Result<Option<&'a [u8]>, Broken> {
        loop {
            if self.bytes.is_empty() {
                match self.refill() {
                    Refill::Bytes => continue,
                    Refill::Item(item) => return Ok(Some(item)),
                    Refill::End => return Ok(None),
                }
            }
            // Unknown, or its key was written longer than it need be, or it follows such a field.
            let field = Field::read(&mut self.bytes)?;
            match (field.number, field.payload) {
                (1, Payload::Bytes(item)) => return Ok(Some(item)),
                (1, _) => return Err(Broken::WireType),
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

    /// How many items are left, as far as they can be read.
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

/// The key and the value of an entry of a `Struct`.
#[inline]
pub(super) fn entry(entry: &[u8]) -> Result<(&[u8], Parts<'_>), Broken> {
    // What every encoder writes: the key, then the value.
    if let [key::FIRST, rest @ ..] = entry {
        let mut rest = rest;
        let name = length_delimited(&mut rest)?;
        if let [key::ENTRY_VALUE, value @ ..] = rest {
            let mut value = value;
            let length = varint(&mut value)?;
            if length == value.len() as u64 {
                return Ok((name, Parts::One(value)));
            }
        }
    }
    merged_entry(entry)
}

/// An entry in which something is missing, repeated or not known.
#[cold]
fn merged_entry(entry: &[u8]) -> Result<(&[u8], Parts<'_>), Broken> {
    let (mut name, mut values) = (Default::default(), Vec::new());
    Parts::One(entry).fields(|field| {
        match (field.number, field.payload) {
            (1, Payload::Bytes(bytes)) => name = bytes,
            (2, Payload::Bytes(bytes)) => values.push(bytes),
            (1 | 2, _) => return Err(Broken::WireType),
            _ => {}
        }
        Ok(())
    })?;
    Ok((name, Parts::Many(values)))
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, Broken> {
    std::str::from_utf8(bytes).map_err(|_| Broken::Utf8)
}

/// The payload of the field that a message consists of, if that is one with this key.
#[inline(always)]
pub(super) fn only(message: &[u8], key: u8) -> Option<&[u8]> {
    let (found, mut rest) = message.split_first()?;
    if *found != key {
        return None;
    }
    if key != self::key::NUMBER {
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

struct Field<'a> {
    number: u32,
    payload: Payload<'a>,
}

enum Payload<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(&'a [u8]),
    /// Of a type that no known field has.
    Other,
}

impl<'a> Field<'a> {
    fn read(bytes: &mut &'a [u8]) -> Result<Self, Broken> {
        let (number, wire_type) = field_key(bytes)?;
        let payload = match wire_type {
            VARINT => Payload::Varint(varint(bytes)?),
            FIXED_64 => {
                let (value, rest) = bytes.split_first_chunk().ok_or(Broken::Truncated)?;
                *bytes = rest;
                Payload::Fixed64(*value)
            }
            LENGTH_DELIMITED => Payload::Bytes(length_delimited(bytes)?),
            GROUP => {
                skip_group(number, bytes, MAX_DEPTH)?;
                Payload::Other
            }
            FIXED_32 => {
                *bytes = bytes.get(4..).ok_or(Broken::Truncated)?;
                Payload::Other
            }
            GROUP_END => return Err(Broken::Group),
            _ => return Err(Broken::WireType),
        };
        Ok(Self { number, payload })
    }
}

fn field_key(bytes: &mut &[u8]) -> Result<(u32, u8), Broken> {
    let key = u32::try_from(varint(bytes)?).map_err(|_| Broken::Key)?;
    match key >> 3 {
        0 => Err(Broken::Key),
        number => Ok((number, (key & 7) as u8)),
    }
}

fn skip_group(number: u32, bytes: &mut &[u8], depth: u8) -> Result<(), Broken> {
    let depth = depth.checked_sub(1).ok_or(Broken::Depth)?;
    loop {
        let mut peeked = *bytes;
        let (inner, wire_type) = field_key(&mut peeked)?;
        match wire_type {
            GROUP_END if inner == number => {
                *bytes = peeked;
                return Ok(());
            }
            GROUP => {
                *bytes = peeked;
                skip_group(inner, bytes, depth)?;
            }
            _ => {
                Field::read(bytes)?;
            }
        }
    }
}

#[inline(always)]
fn length_delimited<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], Broken> {
    let length = varint(bytes)?;
    let length = usize::try_from(length).map_err(|_| Broken::Truncated)?;
    let (payload, rest) = bytes.split_at_checked(length).ok_or(Broken::Truncated)?;
    *bytes = rest;
    Ok(payload)
}

#[inline(always)]
fn varint(bytes: &mut &[u8]) -> Result<u64, Broken> {
    match **bytes {
        [byte, ref rest @ ..] if byte < 0x80 => {
            *bytes = rest;
            Ok(byte.into())
        }
        [low, high, ref rest @ ..] if high < 0x80 => {
            *bytes = rest;
            Ok(u64::from(low & 0x7f) | u64::from(high) << 7)
        }
        _ => long_varint(bytes),
    }
}

#[cold]
fn long_varint(bytes: &mut &[u8]) -> Result<u64, Broken> {
    let mut value = 0;
    for index in 0..10 {
        let (byte, rest) = bytes.split_first().ok_or(Broken::Truncated)?;
        *bytes = rest;
        // The tenth byte has room for one bit.
        if index == 9 && *byte > 1 {
            return Err(Broken::Varint);
        }
        value |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            return Ok(value);
        }
    }
    Err(Broken::Varint)
}
