//! Messages that occur in several parts, which protobuf merges.

use prost::Message;
use serde::{Deserialize, Deserializer};
use serde_json::{Value as Json, json};

use crate::json::Value;

/// The result of merging each value into the previous one.
fn merged(values: &[Json]) -> Value {
    let bytes: Vec<_> = values
        .iter()
        .flat_map(|value| Value::from(value).encode_to_vec())
        .collect();
    Value::decode(bytes.as_slice()).expect("a message")
}

#[test]
fn a_value_of_another_kind_replaces_the_previous_one() {
    let (object, list) = (json!({"a": 1}), json!([2]));
    let kinds = [
        object.clone(),
        list.clone(),
        json!("text"),
        json!(3),
        json!(true),
        json!(null),
    ];
    for first in &kinds {
        for second in kinds.iter().filter(|second| *second != first) {
            for values in [vec![first, second], vec![second, first, second]] {
                let values: Vec<_> = values.into_iter().cloned().collect();
                let read = merged(&values).value().expect("JSON");
                assert_eq!(&read, second, "{values:?}");
            }
        }
    }
}

#[test]
fn adjacent_parts_of_one_kind_are_merged() {
    let more = merged(&[json!([1]), json!([2, 3])]).value();
    assert_eq!(more.expect("JSON"), json!([1, 2, 3]));
    let more = merged(&[json!({"a": 1}), json!({"b": 2}), json!({"a": 3})]).value();
    assert_eq!(more.expect("JSON"), json!({"a": 3, "b": 2}));
    // Only the parts after the value of another kind.
    let after = merged(&[
        json!({"a": 1}),
        json!([1]),
        json!({"b": 2}),
        json!({"c": 3}),
    ])
    .value();
    assert_eq!(after.expect("JSON"), json!({"b": 2, "c": 3}));
}

#[derive(Debug, Deserialize, PartialEq)]
struct Inner {
    a: u32,
}

/// Reads a value that does not match as `None`.
#[derive(Debug, Deserialize, PartialEq)]
struct Lenient(#[serde(deserialize_with = "lenient")] Option<Inner>);

fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Inner>, D::Error> {
    Ok(Inner::deserialize(deserializer).ok())
}

#[test]
fn the_last_field_of_a_name_wins_even_if_the_error_of_the_first_is_ignored() {
    for first in [json!("text"), json!(1), json!(null)] {
        let value = merged(&[json!({"a": first}), json!({"a": 3})]);
        assert_eq!(value.json::<Inner>().expect("read"), Inner { a: 3 });
        assert_eq!(
            value.json::<Lenient>().expect("read"),
            Lenient(Some(Inner { a: 3 }))
        );
    }
    let wrong = merged(&[json!({"a": 3}), json!({"a": "text"})]);
    assert_eq!(wrong.json::<Lenient>().expect("read"), Lenient(None));
    wrong.json::<Inner>().expect_err("text");
}

/// Keeps the last entry that can be read, and ignores the errors of the others.
#[derive(Debug, PartialEq)]
struct First(Option<u32>);

impl<'de> Deserialize<'de> for First {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = First;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<M: serde::de::MapAccess<'de>>(
                self,
                mut map: M,
            ) -> Result<First, M::Error> {
                let mut found = None;
                while map.next_key::<String>()?.is_some() {
                    found = map.next_value().ok().or(found);
                }
                Ok(First(found))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

#[test]
fn a_visitor_that_ignores_an_error_gets_the_last_field_of_a_name() {
    let read = |values: &[Json]| merged(values).json::<First>().expect("read");
    assert_eq!(read(&[json!({"a": 1}), json!({"a": 3})]), First(Some(3)));
    // Only the last field counts, and it is not a number.
    assert_eq!(read(&[json!({"a": 1}), json!({"a": "text"})]), First(None));
}
