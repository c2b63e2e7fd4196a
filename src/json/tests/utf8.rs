//! Text that is not UTF-8, in messages that are checked as a whole.

use prost::Message as _;
use serde_json::{Value as Json, json};

use super::Struct;

/// The field with this key and payload.
fn field(key: u8, payload: &[u8]) -> Vec<u8> {
    [&[key, payload.len() as u8], payload].concat()
}

fn entry(name: &[u8], text: &[u8]) -> Vec<u8> {
    let value = field(0x1a, text);
    field(0x0a, &[field(0x0a, name), field(0x12, &value)].concat())
}

/// The errors of both readers.
fn errors(message: &[u8]) -> [String; 2] {
    let message = Struct::decode(message).expect("decodes");
    let errors = [message.value().err(), message.json::<Json>().err()];
    errors.map(|error| error.expect("not UTF-8").to_string())
}

#[test]
fn invalid_text_is_an_error_wherever_it_is() {
    let valid = entry("é".as_bytes(), "ü".as_bytes());
    for invalid in [entry(b"\xc3", b"a"), entry(b"a", b"\xa9")] {
        let nested = field(
            0x0a,
            &[field(0x0a, b"n"), field(0x12, &field(0x2a, &invalid))].concat(),
        );
        for message in [
            invalid.clone(),
            [&*valid, &*invalid].concat(),
            [&*invalid, &*valid].concat(),
            [&*valid, &*nested].concat(),
        ] {
            for error in errors(&message) {
                assert!(error.contains("text that is not UTF-8"), "{error}");
            }
        }
    }
}

#[test]
fn half_a_character_is_an_error_in_a_message_that_is_valid_as_a_whole() {
    // The second half of "é" is the first byte of the key of an unknown field.
    let unknown = [0xa9, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    let entry = field(0x0a, &[&field(0x0a, b"\xc3")[..], &unknown].concat());
    assert!(std::str::from_utf8(&entry).is_ok());
    for error in errors(&entry) {
        assert!(error.contains("text that is not UTF-8"), "{error}");
    }
}

#[test]
fn texts_around_numbers_and_long_texts_are_read() {
    let long = "–".repeat(100);
    let value = json!({
        "é": {"n": 0.1, "ü": "ä", "list": ["ö", 0.7, "", {"x": "ß"}]},
        "long": long,
        "": "€",
        "last": [{"a": "é", "b": 0.3}, {"a": "ü", "b": "–"}],
    });
    let message = Struct::new(&value).expect("an object");
    assert_eq!(message.value().expect("JSON"), value);
    assert_eq!(message.json::<Json>().expect("JSON"), value);
}
