//! A serde serializer that writes wire bytes.

use std::fmt;

use serde_core::ser::{self, Serialize};

use super::number::Parsed;
use super::path::Path;
use super::read::MAX_DEPTH;
use super::write::{Container, Open, Slot, Writer};
use super::{RAW_NUMBER, RAW_VALUE, number};

/// What a value is that is nothing.
const NULL: &str = "null";

/// Why a value cannot be written, and where in it.
pub struct Unwritable(Box<Inner>);

struct Inner {
    reason: Reason,
    path: Path,
}

enum Reason {
    NotAnObject(&'static str),
    /// What serde_json says of text, which it does not quote.
    NotJson(String),
    /// The integer as text.
    Inexact(String),
    /// The number as text.
    TooLarge(String),
    Key,
    Depth,
    /// What the value's own `Serialize` says.
    Other(String),
}

impl Unwritable {
    /// An integer in JSON text that no double is exactly.
    #[cold]
    pub(super) fn inexact(integer: &str) -> Self {
        Self::new(Reason::Inexact(shortened(integer)))
    }

    /// Text that is not JSON.
    #[cold]
    pub(super) fn not_json(error: &serde_json::Error) -> Self {
        Self::new(Reason::NotJson(error.to_string()))
    }

    /// Whether the whole value is null.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.0.reason, Reason::NotAnObject(NULL))
    }

    #[cold]
    fn new(reason: Reason) -> Self {
        let path = Path::default();
        Self(Box::new(Inner { reason, path }))
    }

    fn within_field(mut self, name: &str) -> Self {
        self.0.path.push_field(name);
        self
    }

    fn within_index(mut self, index: usize) -> Self {
        self.0.path.push_index(index);
        self
    }
}

/// Goes on after the name of a parameter: "input must be a JSON object, not null".
impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.0.path;
        match &self.0.reason {
            Reason::NotAnObject(found) => write!(f, "must be a JSON object, not {found}"),
            Reason::NotJson(error) if path.is_root() => write!(f, "is not JSON: {error}"),
            Reason::NotJson(error) => write!(f, "holds text at {path} that is not JSON: {error}"),
            Reason::Inexact(integer) => write!(
                f,
                "holds {integer} at {path}, which a double cannot hold exactly: send it as a string"
            ),
            Reason::TooLarge(number) => write!(
                f,
                "holds {number} at {path}, which is beyond the range of a double: send it as a \
                 string"
            ),
            Reason::Key => write!(f, "holds a key at {path} that cannot be text"),
            Reason::Depth => write!(f, "nests deeper than {MAX_DEPTH} levels at {path}"),
            Reason::Other(message) if path.is_root() => {
                write!(f, "cannot be written as JSON: {message}")
            }
            Reason::Other(message) => {
                write!(f, "cannot be written as JSON at {path}: {message}")
            }
        }
    }
}

impl fmt::Debug for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unwritable({self})")
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Reason::Other(message.to_string()))
    }
}

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
    /// `None` for the outermost.
    slot: Option<Slot<'s>>,
    depth: u8,
}

impl<'w, 's> Serializer<'w, 's> {
    fn again(&mut self) -> Serializer<'_, 's> {
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

    /// A number that comes as the text that JSON has for it.
    fn number_text(self, text: &str) -> Result<(), Unwritable> {
        let slot = self.slot("a number")?;
        let reason = match number::parse(text) {
            Parsed::Double(double) => {
                self.writer.number(slot, double);
                return Ok(());
            }
            Parsed::Inexact => Reason::Inexact(shortened(text)),
            Parsed::TooLarge => Reason::TooLarge(shortened(text)),
            Parsed::NotANumber => Reason::Other("a number is not one in JSON".to_owned()),
        };
        Err(Unwritable::new(reason))
    }

    /// A value that comes as JSON text.
    fn json_text(self, text: &str) -> Result<(), Unwritable> {
        let value = super::text::parse(text)?;
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

    /// The object around what a variant holds, and where that goes.
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

/// A number as an error shows it: its text has no limit of its own.
fn shortened(number: &str) -> String {
    const SHOWN: usize = 40;
    match number.get(..SHOWN) {
        Some(start) if number.len() > SHOWN => format!("{start}…"),
        _ => number.to_owned(),
    }
}

/// The object around an enum's variant that holds something.
struct Variant {
    name: &'static str,
    open: Option<Open>,
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

    /// NaN and the infinities as null, which is what JSON makes of them.
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

    /// As an array of numbers, as serde_json does.
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
        // What types of serde_json turn into where another crate asked for such features of it.
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

/// An array that is being written.
struct Array<'w> {
    writer: &'w mut Writer,
    open: Open,
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

/// An object that is being written.
struct Object<'w> {
    writer: &'w mut Writer,
    /// `None` for the outermost.
    open: Option<Open>,
    /// Of the field whose value comes next.
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
            Err(error) => Err(self.around(error.within_field(name))),
        }
    }

    #[cold]
    fn around(&self, error: Unwritable) -> Unwritable {
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

/// The fields of a struct, or the text that stands for a value of serde_json.
///
/// Such a number must be written as the double that it is. Read back with serde_json it would be
/// the same struct again, and again.
enum Fields<'w, 's> {
    Object(Object<'w>),
    Number(Serializer<'w, 's>),
    Json(Serializer<'w, 's>),
}

/// The text in a field.
fn text(value: &(impl Serialize + ?Sized)) -> Result<String, Unwritable> {
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
            Self::Number(serializer) => serializer.again().number_text(&text(value)?),
            Self::Json(serializer) => serializer.again().json_text(&text(value)?),
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

/// Writes the name of a field: text, or what has only one form as text.
struct Name<'n>(&'n mut String);

impl Name<'_> {
    #[inline]
    fn put(self, text: &str) -> Result<(), Unwritable> {
        self.0.push_str(text);
        Ok(())
    }

    fn display(self, value: impl fmt::Display) -> Result<(), Unwritable> {
        use fmt::Write as _;
        write!(self.0, "{value}").map_err(ser::Error::custom)
    }

    fn refused<T>(self) -> Result<T, Unwritable> {
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
        self.put(value)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Unwritable> {
        self.put(variant)
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
        self.refused()
    }

    fn serialize_f64(self, _value: f64) -> Result<(), Unwritable> {
        self.refused()
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<(), Unwritable> {
        self.refused()
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        self.refused()
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.refused()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Unwritable> {
        self.refused()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), Unwritable> {
        self.refused()
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Impossible, Unwritable> {
        self.refused()
    }

    fn serialize_tuple(self, _len: usize) -> Result<Impossible, Unwritable> {
        self.refused()
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Impossible, Unwritable> {
        self.refused()
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Impossible, Unwritable> {
        self.refused()
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Impossible, Unwritable> {
        self.refused()
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Impossible, Unwritable> {
        self.refused()
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Impossible, Unwritable> {
        self.refused()
    }
}
