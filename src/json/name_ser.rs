//! Serializes the name of a field.

use std::fmt;

use serde::ser::{self, Serialize};

use super::write_error::{Reason, Unwritable};

/// Appends the name of a field. Accepts text and types with one form as text.
pub(super) struct Name<'n>(pub &'n mut String);

impl Name<'_> {
    #[inline]
    fn push(self, text: &str) -> Result<(), Unwritable> {
        self.0.push_str(text);
        Ok(())
    }

    fn display(self, value: impl fmt::Display) -> Result<(), Unwritable> {
        use fmt::Write as _;
        write!(self.0, "{value}").map_err(ser::Error::custom)
    }

    fn unsupported<T>(self) -> Result<T, Unwritable> {
        Err(Unwritable::new(Reason::Key))
    }
}

macro_rules! displayed {
    ($($method:ident: $type:ty,)*) => {
        $(
            fn $method(self, value: $type) -> Result<(), Unwritable> {
                self.display(value)
            }
        )*
    };
}

type Impossible = ser::Impossible<(), Unwritable>;

impl ser::Serializer for Name<'_> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Impossible;
    type SerializeTuple = Impossible;
    type SerializeTupleStruct = Impossible;
    type SerializeTupleVariant = Impossible;
    type SerializeMap = Impossible;
    type SerializeStruct = Impossible;
    type SerializeStructVariant = Impossible;

    displayed! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
        serialize_char: char,
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Unwritable> {
        self.push(value)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Unwritable> {
        self.push(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_f32(self, _value: f32) -> Result<(), Unwritable> {
        self.unsupported()
    }

    fn serialize_f64(self, _value: f64) -> Result<(), Unwritable> {
        self.unsupported()
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<(), Unwritable> {
        self.unsupported()
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        self.unsupported()
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.unsupported()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Unwritable> {
        self.unsupported()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), Unwritable> {
        self.unsupported()
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Impossible, Unwritable> {
        self.unsupported()
    }

    fn serialize_tuple(self, _len: usize) -> Result<Impossible, Unwritable> {
        self.unsupported()
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Impossible, Unwritable> {
        self.unsupported()
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Impossible, Unwritable> {
        self.unsupported()
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Impossible, Unwritable> {
        self.unsupported()
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Impossible, Unwritable> {
        self.unsupported()
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Impossible, Unwritable> {
        self.unsupported()
    }
}
