//! A serde serializer that writes the encoded bytes.

use serde::ser::{self, Serialize};

use super::name_ser::Name;
use super::number::Parsed;
use super::private_names::{RAW_NUMBER, RAW_VALUE};
use super::wire::MAX_DEPTH;
use super::write::{Container, OpenContainer, Slot, Writer};
use super::write_error::{NULL, Reason, Unwritable, shortened};
use super::{number, text};

/// The encoded `Struct` of an object.
pub(super) fn write(object: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, Unwritable> {
    let mut writer = Writer::default();
    object.serialize(Serializer {
        writer: &mut writer,
        slot: None,
        depth: MAX_DEPTH,
    })?;
    Ok(writer.finish())
}

/// Writes one value.
struct Serializer<'w, 's> {
    writer: &'w mut Writer,
    /// `None` for the outermost value.
    slot: Option<Slot<'s>>,
    depth: u8,
}

impl<'w, 's> Serializer<'w, 's> {
    fn reborrow(&mut self) -> Serializer<'_, 's> {
        Serializer {
            writer: self.writer,
            ..*self
        }
    }

    #[inline]
    fn slot(&self, found: &'static str) -> Result<Slot<'s>, Unwritable> {
        let slot = self.slot;
        slot.ok_or_else(|| Unwritable::new(Reason::NotAnObject(found)))
    }

    #[inline]
    fn deeper(&self) -> Result<u8, Unwritable> {
        let depth = self.depth.checked_sub(1);
        depth.ok_or_else(|| Unwritable::new(Reason::Depth))
    }

    #[inline]
    fn signed(self, integer: i128) -> Result<(), Unwritable> {
        self.integer(integer.unsigned_abs(), integer < 0)
    }

    #[inline]
    fn integer(self, magnitude: u128, is_negative: bool) -> Result<(), Unwritable> {
        let slot = self.slot("a number")?;
        let Some(double) = number::exact(magnitude, is_negative) else {
            let sign = if is_negative { "-" } else { "" };
            return Err(Unwritable::new(Reason::Inexact(format!(
                "{sign}{magnitude}"
            ))));
        };
        self.writer.number(slot, double);
        Ok(())
    }

    /// Writes a number that is given as JSON text.
    fn number_text(self, text: &str) -> Result<(), Unwritable> {
        let slot = self.slot("a number")?;
        let reason = match number::parse(text) {
            Parsed::Double(double) => {
                self.writer.number(slot, double);
                return Ok(());
            }
            Parsed::Inexact => Reason::Inexact(shortened(text)),
            Parsed::TooLarge => Reason::TooLarge(shortened(text)),
            Parsed::NotANumber => Reason::Other("a number is not valid in JSON".to_owned()),
        };
        Err(Unwritable::new(reason))
    }

    /// Writes a value that is given as JSON text.
    fn json_text(self, text: &str) -> Result<(), Unwritable> {
        let value = text::parse(text)?;
        value.serialize(self)
    }

    #[inline]
    fn object(self) -> Result<Object<'w>, Unwritable> {
        let depth = self.deeper()?;
        let slot = self.slot;
        let open = slot.map(|slot| self.writer.open(slot, Container::Struct));
        Ok(Object {
            writer: self.writer,
            open,
            name: String::new(),
            depth,
            variant: None,
        })
    }

    #[inline]
    fn array(self) -> Result<Array<'w>, Unwritable> {
        let slot = self.slot("an array")?;
        let depth = self.deeper()?;
        let open = self.writer.open(slot, Container::List);
        Ok(Array {
            writer: self.writer,
            open,
            index: 0,
            depth,
            variant: None,
        })
    }

    /// Opens the object around the content of a variant. Returns the serializer of the content.
    fn variant(self, name: &'static str) -> Result<(Variant, Serializer<'w, 'static>), Unwritable> {
        let object = self.object()?;
        let variant = Variant {
            name,
            open: object.open,
        };
        let content = Serializer {
            writer: object.writer,
            slot: Some(Slot::Field(name)),
            depth: object.depth,
        };
        Ok((variant, content))
    }
}

/// The open object around the content of an enum's variant.
struct Variant {
    name: &'static str,
    open: Option<OpenContainer>,
}

impl Variant {
    fn close(self, writer: &mut Writer) {
        if let Some(open) = self.open {
            writer.close(open);
        }
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty,)*) => {
        $(
            #[inline]
            fn $method(self, value: $type) -> Result<(), Unwritable> {
                self.signed(value.into())
            }
        )*
    };
}

impl<'w, 's> ser::Serializer for Serializer<'w, 's> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Array<'w>;
    type SerializeTuple = Array<'w>;
    type SerializeTupleStruct = Array<'w>;
    type SerializeTupleVariant = Array<'w>;
    type SerializeMap = Object<'w>;
    type SerializeStruct = Fields<'w, 's>;
    type SerializeStructVariant = Object<'w>;

    integers! {
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
    }

    fn serialize_u128(self, value: u128) -> Result<(), Unwritable> {
        self.integer(value, false)
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<(), Unwritable> {
        let slot = self.slot("a boolean")?;
        self.writer.bool(slot, value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Unwritable> {
        self.serialize_f64(value.into())
    }

    /// Writes NaN and the infinities as null, as serde_json does.
    #[inline]
    fn serialize_f64(self, value: f64) -> Result<(), Unwritable> {
        let slot = self.slot("a number")?;
        match value.is_finite() {
            true => self.writer.number(slot, value),
            false => self.writer.null(slot),
        }
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Unwritable> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Unwritable> {
        let slot = self.slot("a string")?;
        self.writer.string(slot, value);
        Ok(())
    }

    /// Writes an array of numbers, as serde_json does.
    fn serialize_bytes(self, value: &[u8]) -> Result<(), Unwritable> {
        self.collect_seq(value)
    }

    #[inline]
    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), Unwritable> {
        let slot = self.slot(NULL)?;
        self.writer.null(slot);
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Unwritable> {
        self.serialize_str(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        let (outer, content) = self.variant(variant)?;
        let writer = &mut *content.writer;
        let content = Serializer { writer, ..content };
        match value.serialize(content) {
            Ok(()) => {
                outer.close(writer);
                Ok(())
            }
            Err(error) => Err(error.within_field(variant)),
        }
    }

    #[inline]
    fn serialize_seq(self, _len: Option<usize>) -> Result<Array<'w>, Unwritable> {
        self.array()
    }

    fn serialize_tuple(self, _len: usize) -> Result<Array<'w>, Unwritable> {
        self.array()
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Array<'w>, Unwritable> {
        self.array()
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Array<'w>, Unwritable> {
        let (outer, content) = self.variant(variant)?;
        let array = content
            .array()
            .map_err(|error| error.within_field(variant))?;
        Ok(Array {
            variant: Some(outer),
            ..array
        })
    }

    #[inline]
    fn serialize_map(self, _len: Option<usize>) -> Result<Object<'w>, Unwritable> {
        self.object()
    }

    #[inline]
    fn serialize_struct(
        self,
        name: &'static str,
        _len: usize,
    ) -> Result<Fields<'w, 's>, Unwritable> {
        // serde_json's own types, if a crate of the program enables the features for these.
        match name {
            RAW_NUMBER => Ok(Fields::Number(self)),
            RAW_VALUE => Ok(Fields::Json(self)),
            _ => self.object().map(Fields::Object),
        }
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Object<'w>, Unwritable> {
        let (outer, content) = self.variant(variant)?;
        let object = content
            .object()
            .map_err(|error| error.within_field(variant))?;
        Ok(Object {
            variant: Some(outer),
            ..object
        })
    }
}

/// An open array.
struct Array<'w> {
    writer: &'w mut Writer,
    open: OpenContainer,
    index: usize,
    depth: u8,
    variant: Option<Variant>,
}

impl Array<'_> {
    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        let written = value.serialize(Serializer {
            writer: self.writer,
            slot: Some(Slot::Item),
            depth: self.depth,
        });
        let index = self.index;
        self.index += 1;
        match (written, &self.variant) {
            (Ok(()), _) => Ok(()),
            (Err(error), None) => Err(error.within_index(index)),
            (Err(error), Some(outer)) => Err(error.within_index(index).within_field(outer.name)),
        }
    }

    #[inline]
    fn close(self) -> Result<(), Unwritable> {
        self.writer.close(self.open);
        if let Some(outer) = self.variant {
            outer.close(self.writer);
        }
        Ok(())
    }
}

macro_rules! array {
    ($($trait:ident::$method:ident)*) => {
        $(
            impl ser::$trait for Array<'_> {
                type Ok = ();
                type Error = Unwritable;

                #[inline]
                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
                    self.element(value)
                }

                #[inline]
                fn end(self) -> Result<(), Unwritable> {
                    self.close()
                }
            }
        )*
    };
}

array! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

/// An open object.
struct Object<'w> {
    writer: &'w mut Writer,
    /// `None` for the outermost value.
    open: Option<OpenContainer>,
    /// The name of the field whose value is written next.
    name: String,
    depth: u8,
    variant: Option<Variant>,
}

impl Object<'_> {
    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Unwritable> {
        let written = value.serialize(Serializer {
            writer: self.writer,
            slot: Some(Slot::Field(name)),
            depth: self.depth,
        });
        match written {
            Ok(()) => Ok(()),
            Err(error) => Err(self.within_variant(error.within_field(name))),
        }
    }

    #[cold]
    fn within_variant(&self, error: Unwritable) -> Unwritable {
        match &self.variant {
            Some(outer) => error.within_field(outer.name),
            None => error,
        }
    }

    #[inline]
    fn close(self) -> Result<(), Unwritable> {
        if let Some(open) = self.open {
            self.writer.close(open);
        }
        if let Some(outer) = self.variant {
            outer.close(self.writer);
        }
        Ok(())
    }
}

impl ser::SerializeMap for Object<'_> {
    type Ok = ();
    type Error = Unwritable;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        self.name.clear();
        key.serialize(Name(&mut self.name))
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        let name = std::mem::take(&mut self.name);
        let written = self.field(&name, value);
        self.name = name;
        written
    }

    #[inline]
    fn end(self) -> Result<(), Unwritable> {
        self.close()
    }
}

impl ser::SerializeStructVariant for Object<'_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close()
    }
}

/// The fields of a struct, or the text that represents a value of serde_json.
///
/// Such a number must be written as a double: written as an object, it would never become a number
/// again.
enum Fields<'w, 's> {
    Object(Object<'w>),
    Number(Serializer<'w, 's>),
    Json(Serializer<'w, 's>),
}

/// The text of a field.
fn text_of(value: &(impl Serialize + ?Sized)) -> Result<String, Unwritable> {
    let mut text = String::new();
    value.serialize(Name(&mut text))?;
    Ok(text)
}

impl ser::SerializeStruct for Fields<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        match self {
            Self::Object(object) => object.field(name, value),
            Self::Number(serializer) => serializer.reborrow().number_text(&text_of(value)?),
            Self::Json(serializer) => serializer.reborrow().json_text(&text_of(value)?),
        }
    }

    #[inline]
    fn end(self) -> Result<(), Unwritable> {
        match self {
            Self::Object(object) => object.close(),
            Self::Number(_) | Self::Json(_) => Ok(()),
        }
    }
}
