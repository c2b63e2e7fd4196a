//! `google.protobuf.Struct`, `Value` and `ListValue`, kept as encoded bytes.

use std::fmt;

use bytes::{Buf, BufMut};
use prost::encoding::{self, DecodeContext, WireType};
use prost::{DecodeError, Message};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::encoded::Encoded;
use super::read::{Items, Kind, Parts};
use super::read_error::JsonError;
use super::wire::WireError;
use super::write_error::Unwritable;
use super::{de, ser, value};

/// Implements what the three messages have in common.
macro_rules! message {
    ($name:ident { $($number:literal: $wire_type:ident),* $(,)? }) => {
        impl Message for $name {
            fn encode_raw(&self, buf: &mut impl BufMut) {
                self.encoded.encode_raw(buf);
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
                self.encoded.merge_field(number, wire_type, buf, ctx)
            }

            fn encoded_len(&self) -> usize {
                self.encoded.encoded_len()
            }

            fn clear(&mut self) {
                self.encoded.chunks.clear();
            }
        }

        // The facade uses only some of these methods.
        #[cfg_attr(not(feature = "unstable-raw"), allow(dead_code))]
        impl $name {
            /// Deserializes a `T` directly from the encoded bytes. `T` can borrow text.
            ///
            /// Integral numbers up to 2^53 become integers, NaN and the infinities become null. If an
            /// object contains a field name more than once, which no encoder writes, the last field
            /// wins. A type that accepts repeated names, such as a list of pairs, gets all of them.
            ///
            /// # Errors
            /// The value does not match `T`, nests deeper than 100 levels, or is not validly encoded.
            /// The error contains the path of the value that failed.
            pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JsonError> {
                de::read(self.kind()?)
            }

            /// Converts it to a JSON value, by the rules of [`json`](Self::json).
            ///
            /// # Errors
            /// The value nests deeper than 100 levels or is not validly encoded.
            pub fn value(&self) -> Result<serde_json::Value, JsonError> {
                value::read(self.kind()?)
            }
        }

        /// Prints the size, never the content.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} bytes)"), self.encoded_len())
            }
        }

        /// Compares the bytes, then the JSON values: the order of fields does not matter.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.encode_to_vec() == other.encode_to_vec()
                    || matches!((self.value(), other.value()), (Ok(a), Ok(b)) if a == b)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let value = self.value().map_err(serde::ser::Error::custom)?;
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
    encoded: Encoded,
}

message!(Struct { 1: LengthDelimited });

impl Struct {
    /// Serializes an object directly into the encoded bytes.
    ///
    /// Keys that are integers, booleans or unit variants become text. NaN and the infinities become
    /// null.
    ///
    /// # Errors
    /// The value is not an object, contains an integer that a double cannot represent exactly or a key
    /// that has no text form, nests deeper than 100 levels, or its `Serialize` fails. The error contains
    /// the path of the value that failed.
    pub fn new(object: &(impl Serialize + ?Sized)) -> Result<Self, Unwritable> {
        let encoded = ser::write(object)?.into();
        Ok(Self { encoded })
    }

    /// Whether it has no fields.
    pub fn is_empty(&self) -> bool {
        matches!(Items::new(self.fields()).next(), Ok(None))
    }

    /// Converts the fields to a map, by the rules of [`json`](Self::json).
    ///
    /// # Errors
    /// The value nests deeper than 100 levels or is not validly encoded.
    pub fn object(&self) -> Result<Map<String, serde_json::Value>, JsonError> {
        value::read_object(self.fields())
    }

    /// The text of the field with this name. `None` if there is no such field or it is not text.
    ///
    /// Compares the names only, so large fields cost little.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        value::text(self.fields(), name)
    }

    fn fields(&self) -> Parts<'_> {
        Parts::Chunks(&self.encoded.chunks)
    }

    fn kind(&self) -> Result<Kind<'_>, WireError> {
        Ok(Kind::Struct(self.fields()))
    }
}

/// Rounds an integer that a double cannot represent exactly to the nearest double.
impl From<&Map<String, serde_json::Value>> for Struct {
    fn from(object: &Map<String, serde_json::Value>) -> Self {
        let encoded = value::write_object(object).into();
        Self { encoded }
    }
}

/// `google.protobuf.Value`: any JSON value, kept as its encoded bytes.
#[derive(Clone, Default)]
pub struct Value {
    encoded: Encoded,
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
    fn kind(&self) -> Result<Kind<'_>, WireError> {
        Kind::of(Parts::Chunks(&self.encoded.chunks))
    }
}

/// Rounds an integer that a double cannot represent exactly to the nearest double.
impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        let encoded = value::write_value(value).into();
        Self { encoded }
    }
}

/// `google.protobuf.ListValue`: a JSON array, kept as its encoded bytes.
#[derive(Clone, Default)]
pub struct ListValue {
    encoded: Encoded,
}

message!(ListValue { 1: LengthDelimited });

impl ListValue {
    fn kind(&self) -> Result<Kind<'_>, WireError> {
        Ok(Kind::List(Parts::Chunks(&self.encoded.chunks)))
    }
}

/// Rounds an integer that a double cannot represent exactly to the nearest double.
impl From<&[serde_json::Value]> for ListValue {
    fn from(array: &[serde_json::Value]) -> Self {
        let encoded = value::write_array(array).into();
        Self { encoded }
    }
}
