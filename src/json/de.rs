//! A serde deserializer that reads the encoded bytes in one pass.

use std::cell::Cell;
use std::collections::HashMap;

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde::de::{
    self, Deserialize, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::name_de::Name;
use super::private_names::RAW_VALUE;
use super::read::{self, Items, Kind, Parts, entry};
use super::read_error::JsonError;
use super::utf8::Checked;
use super::wire::{MAX_DEPTH, WireError, key};
use super::{number, value};

/// Reads a value into `T`.
pub(super) fn read<'de, T: Deserialize<'de>>(kind: Kind<'de>) -> Result<T, JsonError> {
    let mut context = Context::default();
    let read = T::deserialize(Level::outermost(&context).value(kind.clone()));
    if read.is_ok() && !context.has_failed.get() {
        return read;
    }
    // No encoder writes a field name twice, so duplicates are only searched for if a visitor fails.
    context.only_last = true;
    T::deserialize(Level::outermost(&context).value(kind))
}

/// The state that all levels of a value share.
#[derive(Default)]
struct Context<'de> {
    /// A visitor failed at an object, possibly because of a duplicate field name. Recorded here because
    /// the visitor of the enclosing value can ignore the error.
    has_failed: Cell<bool>,
    /// Give visitors only the last field of each name, as protobuf requires.
    only_last: bool,
    /// The text that was checked in advance.
    checked: Checked<'de>,
}

/// The encoded form of a value.
trait Source<'de>: Sized {
    /// The payload of the only field, if its key is `key`.
    fn only(&self, key: u8) -> Option<&'de [u8]>;
    fn kind(self) -> Result<Kind<'de>, WireError>;
}

impl<'de> Source<'de> for Parts<'de> {
    #[inline(always)]
    fn only(&self, key: u8) -> Option<&'de [u8]> {
        match self {
            Self::One(bytes) => read::only(bytes, key),
            _ => None,
        }
    }

    #[inline]
    fn kind(self) -> Result<Kind<'de>, WireError> {
        Kind::of(self)
    }
}

/// The outermost value.
impl<'de> Source<'de> for Kind<'de> {
    #[inline(always)]
    fn only(&self, _key: u8) -> Option<&'de [u8]> {
        None
    }

    fn kind(self) -> Result<Self, WireError> {
        Ok(self)
    }
}

struct Deserializer<'de, 'c, S> {
    source: S,
    level: Level<'de, 'c>,
}

/// The context of a value.
#[derive(Clone, Copy)]
struct Level<'de, 'c> {
    context: &'c Context<'de>,
    /// The number of levels that may follow below.
    depth: u8,
}

impl<'de, 'c> Level<'de, 'c> {
    fn outermost(context: &'c Context<'de>) -> Self {
        let depth = MAX_DEPTH;
        Self { context, depth }
    }

    #[inline]
    fn below(self) -> Result<Self, JsonError> {
        let depth = self.depth.checked_sub(1).ok_or(WireError::Depth)?;
        Ok(Self { depth, ..self })
    }

    #[inline]
    fn text(self, bytes: &'de [u8]) -> Result<&'de str, WireError> {
        self.context.checked.text(bytes)
    }

    #[inline(always)]
    fn value<S: Source<'de>>(self, source: S) -> Deserializer<'de, 'c, S> {
        Deserializer {
            source,
            level: self,
        }
    }

    fn array<V: Visitor<'de>>(self, list: Parts<'de>, visitor: V) -> Result<V::Value, JsonError> {
        if let Parts::One(list) = list {
            self.context.checked.prepare(list);
        }
        let mut elements = Elements {
            items: Items::new(list),
            index: 0,
            level: self.below()?,
        };
        let read = visitor.visit_seq(&mut elements)?;
        match elements.items.next()? {
            None => Ok(read),
            Some(_) => {
                let length = elements.index + 1 + elements.items.count();
                Err(de::Error::invalid_length(
                    length,
                    &"fewer elements in array",
                ))
            }
        }
    }

    fn object<V: Visitor<'de>>(
        self,
        fields: Parts<'de>,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        let mut fields = Fields::new(fields, self.below()?)?;
        let failed = |error| {
            self.context.has_failed.set(true);
            error
        };
        let read = visitor.visit_map(&mut fields).map_err(failed)?;
        if fields.next()? {
            self.context.has_failed.set(true);
            let length = fields.index + fields.items.count();
            return Err(de::Error::invalid_length(length, &"fewer elements in map"));
        }
        Ok(read)
    }
}

#[cold]
fn mismatch(kind: &Kind<'_>, expected: &dyn de::Expected) -> JsonError {
    let found = match kind {
        Kind::Null => Unexpected::Unit,
        Kind::Bool(value) => Unexpected::Bool(*value),
        Kind::Number(number) => Unexpected::Float(*number),
        Kind::String(_) => Unexpected::Str(""),
        Kind::List(_) => Unexpected::Seq,
        Kind::Struct(_) => Unexpected::Map,
    };
    de::Error::invalid_type(found, expected)
}

#[inline]
fn visit_number<'de, V: Visitor<'de>>(number: f64, visitor: V) -> Result<V::Value, JsonError> {
    match number::integer(number) {
        Some(integer) => match u64::try_from(integer) {
            Ok(integer) => visitor.visit_u64(integer),
            Err(_) => visitor.visit_i64(integer),
        },
        None if number.is_finite() => visitor.visit_f64(number),
        None => visitor.visit_unit(),
    }
}

macro_rules! as_number {
    ($($method:ident)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
                match self.source.only(key::NUMBER).and_then(read::double) {
                    Some(number) => visit_number(number, visitor),
                    None => self.deserialize_any(visitor),
                }
            }
        )*
    };
}

macro_rules! as_text {
    ($($method:ident)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
                match self.source.only(key::STRING) {
                    Some(bytes) => visitor.visit_borrowed_str(self.level.text(bytes)?),
                    None => self.deserialize_any(visitor),
                }
            }
        )*
    };
}

impl<'de, S: Source<'de>> de::Deserializer<'de> for Deserializer<'de, '_, S> {
    type Error = JsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.source.kind()? {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(value) => visitor.visit_bool(value),
            Kind::Number(number) => visit_number(number, visitor),
            Kind::String(bytes) => visitor.visit_borrowed_str(self.level.text(bytes)?),
            Kind::List(list) => self.level.array(list, visitor),
            Kind::Struct(fields) => self.level.object(fields, visitor),
        }
    }

    as_number!(
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    );
    as_text!(
        deserialize_char deserialize_str deserialize_string deserialize_identifier
    );

    serde::forward_to_deserialize_any! {
        bool bytes byte_buf unit tuple
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        if self.source.only(key::STRING).is_some() {
            return visitor.visit_some(self);
        }
        match self.source.kind()? {
            Kind::Null => visitor.visit_none(),
            Kind::Number(number) if !number.is_finite() => visitor.visit_none(),
            kind => visitor.visit_some(self.level.value(kind)),
        }
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.source.only(key::LIST) {
            Some(list) => self.level.array(Parts::One(list), visitor),
            None => self.deserialize_any(visitor),
        }
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.source.only(key::STRUCT) {
            Some(fields) => self.level.object(Parts::One(fields), visitor),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        if name == RAW_VALUE {
            let json = value::read(self.source.kind()?)?.to_string();
            return visitor.visit_map(MapDeserializer::new(std::iter::once((RAW_VALUE, json))));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.deserialize_any(visitor)
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        if let Some(fields) = self.source.only(key::STRUCT) {
            return self.level.object(Parts::One(fields), visitor);
        }
        match self.source.kind()? {
            Kind::Struct(fields) => self.level.object(fields, visitor),
            Kind::List(list) => self.level.array(list, visitor),
            kind => Err(mismatch(&kind, &visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        match self.source.kind()? {
            Kind::String(bytes) => {
                let variant = self.level.text(bytes)?;
                visitor.visit_enum(BorrowedStrDeserializer::new(variant))
            }
            Kind::Struct(fields) => {
                let level = self.level.below()?;
                let mut fields = Fields::new(fields, level)?;
                let has_first = fields.next()?;
                let (name, content) = (fields.name, fields.value.clone());
                if !has_first || fields.next()? {
                    return Err(de::Error::invalid_value(
                        Unexpected::Map,
                        &"map with a single key",
                    ));
                }
                visitor.visit_enum(Variant {
                    name,
                    content,
                    level,
                })
            }
            kind => Err(mismatch(&kind, &"string or map")),
        }
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        visitor.visit_unit()
    }
}

/// The elements of an array.
struct Elements<'de, 'c> {
    items: Items<'de>,
    index: usize,
    level: Level<'de, 'c>,
}

impl<'de> SeqAccess<'de> for Elements<'de, '_> {
    type Error = JsonError;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, JsonError> {
        let Some(item) = self.items.next()? else {
            return Ok(None);
        };
        let element = seed.deserialize(self.level.value(Parts::One(item)));
        let index = self.index;
        self.index += 1;
        match element {
            Ok(element) => Ok(Some(element)),
            Err(error) => Err(error.within_index(index)),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.count())
    }
}

/// The fields of an object.
struct Fields<'de, 'c> {
    items: Items<'de>,
    /// The number of fields that were read.
    index: usize,
    /// The current field.
    name: &'de [u8],
    value: Parts<'de>,
    /// The index of the last field of each name, if only these are given to the visitor.
    last: Option<HashMap<&'de [u8], usize>>,
    level: Level<'de, 'c>,
}

impl<'de, 'c> Fields<'de, 'c> {
    #[inline(always)]
    fn new(fields: Parts<'de>, level: Level<'de, 'c>) -> Result<Self, JsonError> {
        let last = match level.context.only_last {
            false => None,
            true => Some(last_of_each(Items::new(fields.clone()))?),
        };
        if let Parts::One(fields) = fields {
            level.context.checked.prepare(fields);
        }
        let items = Items::new(fields);
        Ok(Self {
            items,
            index: 0,
            name: &[],
            value: Parts::One(&[]),
            last,
            level,
        })
    }

    /// Advances to the next field. Returns false after the last one.
    #[inline]
    fn next(&mut self) -> Result<bool, JsonError> {
        while let Some(item) = self.items.next()? {
            (self.name, self.value) = entry(item)?;
            if !matches!(self.value, Parts::One([key::NUMBER, ..])) {
                self.level.context.checked.prepare(item);
            }
            self.index += 1;
            if self.last.is_none() || self.is_last() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the current field is the last one of its name.
    #[cold]
    fn is_last(&self) -> bool {
        let last = self.last.as_ref().and_then(|last| last.get(self.name));
        last.is_none_or(|index| index + 1 == self.index)
    }
}

fn last_of_each(mut items: Items<'_>) -> Result<HashMap<&[u8], usize>, WireError> {
    let (mut last, mut index) = (HashMap::new(), 0);
    while let Some(item) = items.next()? {
        last.insert(entry(item)?.0, index);
        index += 1;
    }
    Ok(last)
}

impl<'de> MapAccess<'de> for Fields<'de, '_> {
    type Error = JsonError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, JsonError> {
        if !self.next()? {
            return Ok(None);
        }
        seed.deserialize(Name(self.level.text(self.name)?))
            .map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, JsonError> {
        let value = std::mem::replace(&mut self.value, Parts::One(&[]));
        let read = seed.deserialize(self.level.value(value));
        read.map_err(|error| {
            // The visitor can ignore the error.
            self.level.context.has_failed.set(true);
            error.within_field(self.name)
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.count())
    }
}

/// An enum variant with content: an object of one field, whose name is the variant's.
struct Variant<'de, 'c> {
    name: &'de [u8],
    content: Parts<'de>,
    level: Level<'de, 'c>,
}

impl<'de> EnumAccess<'de> for Variant<'de, '_> {
    type Error = JsonError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), JsonError> {
        let variant = seed.deserialize(Name(self.level.text(self.name)?))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de, '_> {
    type Error = JsonError;

    fn unit_variant(self) -> Result<(), JsonError> {
        let unit = <()>::deserialize(self.level.value(self.content));
        unit.map_err(|error| error.within_field(self.name))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, JsonError> {
        let content = seed.deserialize(self.level.value(self.content));
        content.map_err(|error| error.within_field(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        let content = match Kind::of(self.content)? {
            Kind::List(list) => self.level.array(list, visitor),
            kind => Err(mismatch(&kind, &"tuple variant")),
        };
        content.map_err(|error| error.within_field(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        let content = self.level.value(self.content);
        let content = de::Deserializer::deserialize_struct(content, "", fields, visitor);
        content.map_err(|error| error.within_field(self.name))
    }
}
