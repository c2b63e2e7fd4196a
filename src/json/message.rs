//! `google.protobuf.Struct`, `Value` and `ListValue` as the bytes that came or that go.

use std::fmt;

use bytes::{Buf, BufMut, Bytes};
use prost::encoding::{self, DecodeContext, WireType};
use prost::{DecodeError, Message};
use serde_core::{Deserialize, Serialize};
use serde_json::Map;

use super::de::{self, JsonError};
use super::read::{Broken, Items, Kind, Parts};
use super::ser::{self, Unwritable};
use super::value;

/// A piece of a message.
#[derive(Clone)]
pub(super) enum Chunk {
    /// Whole fields.
    Raw(Bytes),
    /// Whole fields that came in many small pieces.
    Small(Vec<u8>),
    /// The payload of the length-delimited field of this number. Apart from its key, because that
    /// way it shares the memory of the response that it came in.
    Field(u32, Bytes),
}

/// From how many fields on small ones are copied, so that none takes many times its size.
const MANY: usize = 8;

/// Larger than what is kept about a field apart from it.
const LARGE: usize = 256;

/// A message that nobody has looked into.
#[derive(Clone, Default)]
struct Transport {
    chunks: Vec<Chunk>,
}

impl Transport {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        for chunk in &self.chunks {
            match chunk {
                Chunk::Raw(bytes) => buf.put_slice(bytes),
                Chunk::Small(bytes) => buf.put_slice(bytes),
                Chunk::Field(number, payload) => encoding::bytes::encode(*number, payload, buf),
            }
        }
    }

    fn encoded_len(&self) -> usize {
        let chunks = self.chunks.iter().map(|chunk| match chunk {
            Chunk::Raw(bytes) => bytes.len(),
            Chunk::Small(bytes) => bytes.len(),
            Chunk::Field(number, payload) => encoding::bytes::encoded_len(*number, payload),
        });
        chunks.sum()
    }

    fn merge_field(
        &mut self,
        number: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        if wire_type == WireType::LengthDelimited {
            let mut payload = Bytes::new();
            encoding::bytes::merge(wire_type, &mut payload, buf, ctx)?;
            match self.chunks.len() < MANY || payload.len() >= LARGE {
                true => self.chunks.push(Chunk::Field(number, payload)),
                false => encoding::bytes::encode(number, &payload, self.small()),
            }
            return Ok(());
        }
        copy_field(number, wire_type, buf, ctx, self.small())
    }

    /// Where a field goes that is copied.
    fn small(&mut self) -> &mut Vec<u8> {
        if !matches!(self.chunks.last(), Some(Chunk::Small(_))) {
            self.chunks.push(Chunk::Small(Vec::new()));
        }
        match self.chunks.last_mut() {
            Some(Chunk::Small(bytes)) => bytes,
            _ => unreachable!("it was pushed just now"),
        }
    }
}

impl From<Vec<u8>> for Transport {
    fn from(bytes: Vec<u8>) -> Self {
        let chunks = match bytes.is_empty() {
            true => Vec::new(),
            false => vec![Chunk::Raw(bytes.into())],
        };
        Self { chunks }
    }
}

/// Copies a field that is not length-delimited, with its key.
fn copy_field(
    number: u32,
    wire_type: WireType,
    buf: &mut impl Buf,
    ctx: DecodeContext,
    field: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    match wire_type {
        WireType::Varint => {
            let mut value = 0;
            encoding::uint64::merge(wire_type, &mut value, buf, ctx)?;
            encoding::uint64::encode(number, &value, field);
        }
        WireType::SixtyFourBit => {
            let mut value = 0;
            encoding::fixed64::merge(wire_type, &mut value, buf, ctx)?;
            encoding::fixed64::encode(number, &value, field);
        }
        WireType::ThirtyTwoBit => {
            let mut value = 0;
            encoding::fixed32::merge(wire_type, &mut value, buf, ctx)?;
            encoding::fixed32::encode(number, &value, field);
        }
        // A group is nothing that this API has, and so nothing to keep.
        WireType::StartGroup | WireType::EndGroup | WireType::LengthDelimited => {
            encoding::skip_field(wire_type, number, buf, ctx)?;
        }
    }
    Ok(())
}

/// What the three messages have in common.
macro_rules! message {
    ($name:ident { $($number:literal: $wire_type:ident),* $(,)? }) => {
        impl Message for $name {
            fn encode_raw(&self, buf: &mut impl BufMut) {
                self.wire.encode_raw(buf);
            }

            fn merge_field(
                &mut self,
                number: u32,
                wire_type: WireType,
                buf: &mut impl Buf,
                ctx: DecodeContext,
            ) -> Result<(), DecodeError> {
                match number {
                    $($number => encoding::check_wire_type(WireType::$wire_type, wire_type)?,)*
                    _ => {}
                }
                self.wire.merge_field(number, wire_type, buf, ctx)
            }

            fn encoded_len(&self) -> usize {
                self.wire.encoded_len()
            }

            fn clear(&mut self) {
                self.wire.chunks.clear();
            }
        }

        // The facade reads only structs, and not in every way.
        #[cfg_attr(not(feature = "unstable-raw"), allow(dead_code))]
        impl $name {
            /// Reads it into a type of yours, straight from the bytes; text can be borrowed.
            ///
            /// Integral numbers up to 2^53 are integers, NaN and the infinities are null. Of fields
            /// with the same name, which no encoder writes, the last one counts; a type that takes
            /// names twice, such as a list of pairs, gets them all.
            ///
            /// # Errors
            /// When it does not have that form, nests deeper than 100 levels, or its bytes are not
            /// what they should be. The error names where.
            pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JsonError> {
                de::read(self.kind()?)
            }

            /// Reads it into a JSON value, by the rules of [`json`](Self::json).
            ///
            /// # Errors
            /// When it nests deeper than 100 levels, or its bytes are not what they should be.
            pub fn value(&self) -> Result<serde_json::Value, JsonError> {
                value::read(self.kind()?)
            }
        }

        /// Shows how large it is, never what it holds.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} bytes)"), self.encoded_len())
            }
        }

        /// Equal when the bytes are, or else what they say: the order of fields is no difference.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.encode_to_vec() == other.encode_to_vec()
                    || matches!((self.value(), other.value()), (Ok(a), Ok(b)) if a == b)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let value = self.value().map_err(serde_core::ser::Error::custom)?;
                value.serialize(serializer)
            }
        }
    };
}

/// `google.protobuf.Struct`: a JSON object, kept as its encoded bytes.
///
/// ```
/// # #[cfg(feature = "unstable-raw")] {
/// use scalekit::raw::json::Struct;
///
/// #[derive(serde::Deserialize)]
/// struct Input {
///     max_results: u32,
/// }
/// let input = Struct::new(&serde_json::json!({ "max_results": 5 }))?;
/// assert_eq!(input.json::<Input>()?.max_results, 5);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Struct {
    wire: Transport,
}

message!(Struct { 1: LengthDelimited });

impl Struct {
    /// Writes a serializable object straight into bytes.
    ///
    /// Keys that are integers, booleans or unit variants become text; NaN and the infinities become
    /// null.
    ///
    /// # Errors
    /// When it is not an object, holds an integer that a double cannot hold exactly or a key that
    /// cannot be text, nests deeper than 100 levels, or its own `Serialize` fails. The error names
    /// where.
    pub fn new(object: &(impl Serialize + ?Sized)) -> Result<Self, Unwritable> {
        let wire = ser::write(object)?.into();
        Ok(Self { wire })
    }

    /// Whether it has no fields.
    pub fn is_empty(&self) -> bool {
        matches!(Items::new(self.fields()).next(), Ok(None))
    }

    /// The fields as a map, by the rules of [`json`](Self::json).
    ///
    /// # Errors
    /// When it nests deeper than 100 levels, or its bytes are not what they should be.
    pub fn object(&self) -> Result<Map<String, serde_json::Value>, JsonError> {
        value::read_object(self.fields())
    }

    /// The text in the field of this name; `None` when there is none, or it is something else.
    ///
    /// Looks at the names only, and so costs little where the other fields are large.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        value::text(self.fields(), name)
    }

    fn fields(&self) -> Parts<'_> {
        Parts::Chunks(&self.wire.chunks)
    }

    fn kind(&self) -> Result<Kind<'_>, Broken> {
        Ok(Kind::Struct(self.fields()))
    }
}

/// An integer that no double is becomes the double next to it.
impl From<&Map<String, serde_json::Value>> for Struct {
    fn from(object: &Map<String, serde_json::Value>) -> Self {
        let wire = value::write_object(object).into();
        Self { wire }
    }
}

/// `google.protobuf.Value`: any JSON value, kept as its encoded bytes.
#[derive(Clone, Default)]
pub struct Value {
    wire: Transport,
}

message!(Value {
    1: Varint,
    2: SixtyFourBit,
    3: LengthDelimited,
    4: Varint,
    5: LengthDelimited,
    6: LengthDelimited,
});

impl Value {
    fn kind(&self) -> Result<Kind<'_>, Broken> {
        Kind::of(Parts::Chunks(&self.wire.chunks))
    }
}

/// An integer that no double is becomes the double next to it.
impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        let wire = value::write_value(value).into();
        Self { wire }
    }
}

/// `google.protobuf.ListValue`: a JSON array, kept as its encoded bytes.
#[derive(Clone, Default)]
pub struct ListValue {
    wire: Transport,
}

message!(ListValue { 1: LengthDelimited });

impl ListValue {
    fn kind(&self) -> Result<Kind<'_>, Broken> {
        Ok(Kind::List(Parts::Chunks(&self.wire.chunks)))
    }
}

/// An integer that no double is becomes the double next to it.
impl From<&[serde_json::Value]> for ListValue {
    fn from(array: &[serde_json::Value]) -> Self {
        let wire = value::write_array(array).into();
        Self { wire }
    }
}
