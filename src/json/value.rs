//! Converts the encoded bytes to and from `serde_json::Value` without serde.

use serde_json::{Map, Number, Value};

use super::number;
use super::read::{Items, Kind, Parts, entry, only, text as utf8};
use super::read_error::JsonError;
use super::utf8::Checked;
use super::wire::{MAX_DEPTH, WireError, key};
use super::write::{Container, Slot, Writer};

/// Reads a value.
pub(super) fn read(kind: Kind<'_>) -> Result<Value, JsonError> {
    Ok(value(kind, MAX_DEPTH, &Checked::default())?)
}

/// Reads the fields of an object.
pub(super) fn read_object(fields: Parts<'_>) -> Result<Map<String, Value>, JsonError> {
    Ok(object(fields, MAX_DEPTH, &Checked::default())?)
}

fn value<'a>(kind: Kind<'a>, depth: u8, checked: &Checked<'a>) -> Result<Value, WireError> {
    Ok(match kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(value),
        Kind::Number(double) => match number::integer(double) {
            Some(integer) => Value::from(integer),
            // NaN and the infinities, which JSON cannot represent, become null.
            None => Number::from_f64(double).map_or(Value::Null, Value::Number),
        },
        Kind::String(bytes) => Value::from(checked.text(bytes)?),
        Kind::List(list) => {
            let depth = depth.checked_sub(1).ok_or(WireError::Depth)?;
            if let Parts::One(list) = list {
                checked.prepare(list);
            }
            let mut items = Items::new(list);
            let mut values = Vec::with_capacity(items.count());
            while let Some(item) = items.next()? {
                values.push(value_of(Parts::One(item), depth, checked)?);
            }
            Value::Array(values)
        }
        Kind::Struct(fields) => Value::Object(object(fields, depth, checked)?),
    })
}

/// Reads the value that an item or an entry contains.
#[inline(always)]
fn value_of<'a>(source: Parts<'a>, depth: u8, checked: &Checked<'a>) -> Result<Value, WireError> {
    if let Parts::One(bytes) = source
        && let Some(bytes) = only(bytes, key::STRING)
    {
        return Ok(Value::String(checked.text(bytes)?.to_owned()));
    }
    value(Kind::of(source)?, depth, checked)
}

fn object<'a>(
    fields: Parts<'a>,
    depth: u8,
    checked: &Checked<'a>,
) -> Result<Map<String, Value>, WireError> {
    let depth = depth.checked_sub(1).ok_or(WireError::Depth)?;
    if let Parts::One(fields) = fields {
        checked.prepare(fields);
    }
    let mut items = Items::new(fields);
    let mut fields = Map::new();
    while let Some(item) = items.next()? {
        let (name, field) = entry(item)?;
        if !matches!(field, Parts::One([key::NUMBER, ..])) {
            checked.prepare(item);
        }
        let name = checked.text(name)?.to_owned();
        fields.insert(name, value_of(field, depth, checked)?);
    }
    Ok(fields)
}

/// The text of the field with this name.
pub(super) fn text<'a>(fields: Parts<'a>, wanted: &str) -> Option<&'a str> {
    let mut items = Items::new(fields);
    let mut found = None;
    while let Some(item) = items.next().ok()? {
        let (name, field) = entry(item).ok()?;
        if name == wanted.as_bytes() {
            found = Some(field);
        }
    }
    match Kind::of(found?).ok()? {
        Kind::String(bytes) => utf8(bytes).ok(),
        _ => None,
    }
}

/// The encoded `Struct` of an object. Rounds integers that a double cannot represent exactly.
pub(super) fn write_object(object: &Map<String, Value>) -> Vec<u8> {
    let mut writer = Writer::default();
    put_fields(&mut writer, object);
    writer.finish()
}

/// The encoded `Value` of a value.
pub(super) fn write_value(value: &Value) -> Vec<u8> {
    let list = write_array(std::slice::from_ref(value));
    let item = Items::new(Parts::One(&list)).next();
    item.ok().flatten().unwrap_or_default().to_vec()
}

/// The encoded `ListValue` of an array.
pub(super) fn write_array(array: &[Value]) -> Vec<u8> {
    let mut writer = Writer::default();
    put_items(&mut writer, array);
    writer.finish()
}

fn put_fields(writer: &mut Writer, object: &Map<String, Value>) {
    for (name, field) in object {
        put(writer, Slot::Field(name), field);
    }
}

fn put_items(writer: &mut Writer, array: &[Value]) {
    for item in array {
        put(writer, Slot::Item, item);
    }
}

fn put(writer: &mut Writer, slot: Slot<'_>, value: &Value) {
    match value {
        Value::Null => writer.null(slot),
        Value::Bool(value) => writer.bool(slot, *value),
        Value::Number(number) => writer.number(slot, number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => writer.string(slot, text),
        Value::Array(items) => {
            let open = writer.open(slot, Container::List);
            put_items(writer, items);
            writer.close(open);
        }
        Value::Object(fields) => {
            let open = writer.open(slot, Container::Struct);
            put_fields(writer, fields);
            writer.close(open);
        }
    }
}
