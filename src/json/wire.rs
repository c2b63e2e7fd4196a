//! The protobuf encoding: keys, varints and length-delimited payloads.

use std::fmt;

/// The maximum nesting of arrays and objects, for reading and for writing.
pub(super) const MAX_DEPTH: u8 = 100;

/// Why bytes are not a valid message, or not one that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireError {
    Truncated,
    Varint,
    Key,
    WireType,
    Group,
    Utf8,
    Depth,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the encoded value is truncated",
            Self::Varint => "the encoded value contains a varint of more than 64 bits",
            Self::Key => "the encoded value contains an invalid field number",
            Self::WireType => "the encoded value contains a field with the wrong wire type",
            Self::Group => "the encoded value contains an unterminated group",
            Self::Utf8 => "the encoded value contains text that is not UTF-8",
            Self::Depth => "the value nests deeper than 100 levels",
        })
    }
}

// The wire types: the low three bits of a key.
const VARINT: u8 = 0;
const FIXED_64: u8 = 1;
const LENGTH_DELIMITED: u8 = 2;
const GROUP: u8 = 3;
const GROUP_END: u8 = 4;
const FIXED_32: u8 = 5;

/// The keys, field number and wire type, of the known fields.
pub(super) mod key {
    /// `Struct.fields`, `ListValue.values`, and the name in an entry of `Struct.fields`.
    pub const FIRST: u8 = 0x0a;
    /// The value of an entry of `Struct.fields`.
    pub const ENTRY_VALUE: u8 = 0x12;
    pub const NULL: u8 = 0x08;
    pub const NUMBER: u8 = 0x11;
    pub const STRING: u8 = 0x1a;
    pub const BOOL: u8 = 0x20;
    pub const STRUCT: u8 = 0x2a;
    pub const LIST: u8 = 0x32;
}

pub(super) struct Field<'a> {
    pub number: u32,
    pub payload: Payload<'a>,
}

pub(super) enum Payload<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(&'a [u8]),
    /// Of a wire type that no known field has.
    Other,
}

impl<'a> Field<'a> {
    pub(super) fn read(bytes: &mut &'a [u8]) -> Result<Self, WireError> {
        let (number, wire_type) = field_key(bytes)?;
        let payload = match wire_type {
            VARINT => Payload::Varint(varint(bytes)?),
            FIXED_64 => {
                let (value, rest) = bytes.split_first_chunk().ok_or(WireError::Truncated)?;
                *bytes = rest;
                Payload::Fixed64(*value)
            }
            LENGTH_DELIMITED => Payload::Bytes(length_delimited(bytes)?),
            GROUP => {
                skip_group(number, bytes, MAX_DEPTH)?;
                Payload::Other
            }
            FIXED_32 => {
                *bytes = bytes.get(4..).ok_or(WireError::Truncated)?;
                Payload::Other
            }
            GROUP_END => return Err(WireError::Group),
            _ => return Err(WireError::WireType),
        };
        Ok(Self { number, payload })
    }
}

fn field_key(bytes: &mut &[u8]) -> Result<(u32, u8), WireError> {
    let key = u32::try_from(varint(bytes)?).map_err(|_| WireError::Key)?;
    match key >> 3 {
        0 => Err(WireError::Key),
        number => Ok((number, (key & 7) as u8)),
    }
}

fn skip_group(number: u32, bytes: &mut &[u8], depth: u8) -> Result<(), WireError> {
    let depth = depth.checked_sub(1).ok_or(WireError::Depth)?;
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

/// Splits off a length and a payload of this length.
#[inline(always)]
pub(crate) fn length_delimited<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], WireError> {
    let length = varint(bytes)?;
    let length = usize::try_from(length).map_err(|_| WireError::Truncated)?;
    let (payload, rest) = bytes.split_at_checked(length).ok_or(WireError::Truncated)?;
    *bytes = rest;
    Ok(payload)
}

#[inline(always)]
pub(super) fn varint(bytes: &mut &[u8]) -> Result<u64, WireError> {
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
fn long_varint(bytes: &mut &[u8]) -> Result<u64, WireError> {
    let mut value = 0;
    for index in 0..10 {
        let (byte, rest) = bytes.split_first().ok_or(WireError::Truncated)?;
        *bytes = rest;
        // The tenth byte has room for one bit.
        if index == 9 && *byte > 1 {
            return Err(WireError::Varint);
        }
        value |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            return Ok(value);
        }
    }
    Err(WireError::Varint)
}
