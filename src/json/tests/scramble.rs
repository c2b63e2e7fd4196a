//! Encodes values in every valid way, including ways that no encoder uses.

use fastrand::Rng;
use serde_json::{Map, Value as Json};

/// An encoded `Struct` with its entries in random order and unusual encodings.
pub fn fields(object: &Map<String, Json>, rng: &mut Rng) -> Vec<u8> {
    let mut entries: Vec<_> = object.iter().collect();
    rng.shuffle(&mut entries);
    let mut bytes = Vec::new();
    for (name, field) in entries {
        unknown(&mut bytes, rng);
        if rng.u8(..8) == 0 {
            // An earlier entry of the same name, which the later one replaces.
            let nothing = rng
                .choice([Json::Null, Json::from("shadowed")])
                .expect("one of two");
            let shadowed = entry(name, &nothing, rng);
            delimited(1, &shadowed, &mut bytes, rng);
        }
        let entry = entry(name, field, rng);
        delimited(1, &entry, &mut bytes, rng);
    }
    unknown(&mut bytes, rng);
    bytes
}

fn entry(name: &str, field: &Json, rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoded = value(field, rng);
    let value_first = rng.bool();
    if value_first && !(encoded.is_empty() && rng.bool()) {
        split(2, &encoded, field, &mut bytes, rng);
    }
    if rng.u8(..8) == 0 {
        delimited(1, b"another key", &mut bytes, rng);
        delimited(1, name.as_bytes(), &mut bytes, rng);
    } else if !(name.is_empty() && rng.bool()) {
        delimited(1, name.as_bytes(), &mut bytes, rng);
    }
    unknown(&mut bytes, rng);
    if !value_first {
        split(2, &encoded, field, &mut bytes, rng);
    }
    bytes
}

/// Writes a `Value` in one field or in several, which are merged.
fn split(number: u32, encoded: &[u8], field: &Json, bytes: &mut Vec<u8>, rng: &mut Rng) {
    if rng.u8(..4) == 0 && !field.is_null() {
        // A value of another kind, which the next one replaces.
        let before = match field {
            Json::Bool(_) => Json::from("replaced"),
            _ => Json::from(true),
        };
        let before = value(&before, rng);
        delimited(number, &before, bytes, rng);
    }
    match field {
        Json::Array(items) if rng.bool() => {
            let (first, second) = items.split_at(rng.usize(..=items.len()));
            for part in [first, second] {
                let part = value(&Json::from(part), rng);
                delimited(number, &part, bytes, rng);
            }
        }
        _ => delimited(number, encoded, bytes, rng),
    }
}

fn value(json: &Json, rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    unknown(&mut bytes, rng);
    match json {
        Json::Null if rng.bool() => {}
        Json::Null => {
            varint(1 << 3, &mut bytes, rng);
            varint(0, &mut bytes, rng);
        }
        Json::Bool(value) => {
            varint(4 << 3, &mut bytes, rng);
            let wide = if *value { rng.u64(1..) } else { 0 };
            varint(wide, &mut bytes, rng);
        }
        Json::Number(number) => {
            varint(2 << 3 | 1, &mut bytes, rng);
            let number = number.as_f64().expect("a double");
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        Json::String(text) => {
            if rng.u8(..4) == 0 {
                delimited(3, b"replaced", &mut bytes, rng);
            }
            delimited(3, text.as_bytes(), &mut bytes, rng);
        }
        Json::Array(items) => {
            let cut = if rng.u8(..4) == 0 {
                rng.usize(..=items.len())
            } else {
                0
            };
            for part in [&items[..cut], &items[cut..]] {
                let mut list = Vec::new();
                for item in part {
                    unknown(&mut list, rng);
                    let item = value(item, rng);
                    delimited(1, &item, &mut list, rng);
                }
                delimited(6, &list, &mut bytes, rng);
            }
        }
        Json::Object(object) => {
            let object = fields(object, rng);
            delimited(5, &object, &mut bytes, rng);
        }
    }
    unknown(&mut bytes, rng);
    bytes
}

fn delimited(number: u32, payload: &[u8], bytes: &mut Vec<u8>, rng: &mut Rng) {
    varint(u64::from(number << 3 | 2), bytes, rng);
    varint(payload.len() as u64, bytes, rng);
    bytes.extend_from_slice(payload);
}

/// Writes a varint, sometimes in more bytes than necessary.
fn varint(mut value: u64, bytes: &mut Vec<u8>, rng: &mut Rng) {
    let mut length = 1;
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
        length += 1;
    }
    let padding = if rng.u8(..8) == 0 {
        rng.usize(..=10 - length)
    } else {
        0
    };
    if padding == 0 {
        bytes.push(value as u8);
        return;
    }
    bytes.push(value as u8 | 0x80);
    bytes.extend(std::iter::repeat_n(0x80, padding - 1));
    bytes.push(0);
}

/// Sometimes writes an unknown field, of any wire type.
fn unknown(bytes: &mut Vec<u8>, rng: &mut Rng) {
    if rng.u8(..8) != 0 {
        return;
    }
    let number = rng.u32(7..2000);
    match rng.u8(..5) {
        0 => {
            varint(u64::from(number << 3), bytes, rng);
            varint(rng.u64(..), bytes, rng);
        }
        1 => {
            varint(u64::from(number << 3 | 1), bytes, rng);
            bytes.extend_from_slice(&[7; 8]);
        }
        2 => delimited(number, b"unknown", bytes, rng),
        3 => {
            varint(u64::from(number << 3 | 5), bytes, rng);
            bytes.extend_from_slice(&[7; 4]);
        }
        _ => {
            varint(u64::from(number << 3 | 3), bytes, rng);
            delimited(1, b"inside", bytes, rng);
            varint(u64::from(number << 3 | 4), bytes, rng);
        }
    }
}
