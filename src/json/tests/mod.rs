//! The guarantees of the codec, and its agreement with prost-types and serde_json.

mod equivalence;
mod merged;
mod oracle;
mod scramble;
mod utf8;

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use prost::Message as _;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

use super::{ListValue, Struct, Value, to_struct};

fn wire(value: &Json) -> Struct {
    Struct::new(value).expect("a representable object")
}

fn error(input: &impl Serialize) -> String {
    to_struct("input", input)
        .expect_err("not representable")
        .to_string()
}

#[test]
fn integers_stay_integers() {
    let value = json!({"n": 5, "negative": -3, "edge": 9_007_199_254_740_992_i64, "f": 0.5});
    assert_eq!(wire(&value).value().expect("JSON"), value);
    let whole = wire(&json!({"n": 5.0}));
    assert_eq!(whole.value().expect("JSON").to_string(), r#"{"n":5}"#);
    let typed: BTreeMap<String, u8> = whole.json().expect("an integer");
    assert_eq!(typed["n"], 5);
}

#[test]
fn a_double_without_an_exact_integer_stays_a_double() {
    for number in [-0.0_f64, 0.5, 9_007_199_254_740_994.0, 1e300] {
        let value = wire(&json!({ "n": number })).value().expect("JSON");
        assert!(value["n"].is_f64(), "{number}");
        assert_eq!(
            value["n"].as_f64().map(f64::to_bits),
            Some(number.to_bits())
        );
    }
}

#[test]
fn what_json_cannot_represent_is_null_in_both_directions() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let sent = Struct::new(&HashMap::from([("n", number)])).expect("as null");
        assert_eq!(sent.value().expect("JSON"), json!({"n": null}));
        let received = oracle::wire([("n", oracle::number(number))]);
        assert_eq!(received.value().expect("JSON"), json!({"n": null}));
        let typed: HashMap<String, Option<f64>> = received.json().expect("null");
        assert_eq!(typed["n"], None);
    }
}

#[test]
fn an_integer_that_a_double_cannot_represent_is_an_error_with_its_path() {
    let input = json!({"items": [{"id": 1}, {"id": 9_007_199_254_740_993_i64}]});
    assert_eq!(
        error(&input),
        "input contains 9007199254740993 at $.items[1].id, which a double cannot represent exactly: \
         send it as a string"
    );
}

#[test]
fn the_limits_of_the_integer_types_are_checked_exactly() {
    #[derive(Serialize)]
    struct Holder<T> {
        n: T,
    }
    fn is_exact(n: impl Serialize) -> bool {
        Struct::new(&Holder { n }).is_ok()
    }
    assert!(!is_exact(i64::MAX));
    assert!(!is_exact(u64::MAX));
    assert!(!is_exact(i128::MAX));
    assert!(!is_exact(u128::MAX));
    assert!(is_exact(i64::MIN));
    assert!(is_exact(i128::MIN));
    assert!(is_exact(1_u64 << 63));
    assert!(is_exact(0_u128));
    assert!(error(&Holder { n: i128::MIN + 1 }).contains("contains -1701"));
}

#[test]
fn input_that_is_not_an_object_is_an_error() {
    for (input, name) in [
        (json!([1]), "an array"),
        (json!("x"), "a string"),
        (json!(null), "null"),
        (json!(1), "a number"),
        (json!(true), "a boolean"),
    ] {
        assert_eq!(
            error(&input),
            format!("input must be a JSON object, not {name}")
        );
    }
}

#[test]
fn keys_are_text_or_have_one_form_as_text() {
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    enum Unit {
        One,
    }
    assert_eq!(
        Struct::new(&BTreeMap::from([(1, true)])).expect("a key"),
        wire(&json!({"1": true}))
    );
    assert_eq!(
        Struct::new(&BTreeMap::from([(Unit::One, 1)])).expect("a key"),
        wire(&json!({"One": 1}))
    );
    assert_eq!(
        error(&BTreeMap::from([("a", BTreeMap::from([((1, 2), 3)]))])),
        "input contains a key at $.a that has no text form"
    );
}

#[test]
fn the_error_of_a_serialize_implementation_has_the_path() {
    struct Failing;
    impl Serialize for Failing {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }
    assert_eq!(
        error(&BTreeMap::from([("a", [Failing])])),
        "input cannot be written as JSON at $.a[0]: no"
    );
    assert_eq!(error(&Failing), "input cannot be written as JSON: no");
}

#[test]
fn nesting_has_a_limit_in_both_directions() {
    let nested = |levels: usize| {
        let inner = (1..levels).fold(json!(1), |inner, _| json!([inner]));
        json!({ "n": inner })
    };
    let deepest = wire(&nested(100));
    assert_eq!(deepest.value().expect("JSON"), nested(100));
    assert_eq!(deepest.json::<Json>().expect("JSON"), nested(100));

    assert!(error(&nested(101)).starts_with("input nests deeper than 100 levels at $.n[0][0]"));
    let Json::Object(deeper) = nested(101) else {
        panic!("an object")
    };
    let deeper = Struct::from(&deeper);
    let errors = [deeper.value().err(), deeper.json::<Json>().err()];
    for error in errors.map(|error| error.expect("too deep").to_string()) {
        assert!(
            error.starts_with("the value nests deeper than 100 levels"),
            "{error}"
        );
    }
}

#[test]
fn a_struct_gets_the_last_field_of_a_duplicate_name() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Typed {
        a: u32,
        #[serde(flatten)]
        rest: BTreeMap<String, Json>,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Pairs(#[serde(deserialize_with = "pairs")] Vec<(String, u32)>);
    fn pairs<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Vec<(String, u32)>, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Vec<(String, u32)>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<M: serde::de::MapAccess<'de>>(
                self,
                mut map: M,
            ) -> Result<Self::Value, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        d.deserialize_map(Visitor)
    }

    let mut doubled = wire(&json!({"a": 1, "b": 2}));
    let second = wire(&json!({"a": 3})).encode_to_vec();
    doubled.merge(&*second).expect("merged");
    let typed: Typed = doubled.json().expect("the last");
    assert_eq!(typed.a, 3);
    assert_eq!(typed.rest, BTreeMap::from([("b".into(), json!(2))]));
    // A type that accepts duplicate names gets all of them.
    let Pairs(pairs) = doubled.json().expect("all");
    assert_eq!(pairs, [("a".into(), 1), ("b".into(), 2), ("a".into(), 3)]);
    assert_eq!(doubled.value().expect("JSON"), json!({"a": 3, "b": 2}));
}

#[test]
fn text_is_borrowed_from_the_response() {
    #[derive(Deserialize)]
    struct Mail<'a> {
        subject: &'a str,
    }
    let response = wire(&json!({"subject": "Invoice \"October\"\n"}));
    let mail: Mail<'_> = response.json().expect("borrowed");
    assert_eq!(mail.subject, "Invoice \"October\"\n");
}

#[test]
fn an_error_has_the_path_and_not_the_value() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Typed {
        items: Vec<BTreeMap<String, u32>>,
    }
    let response = wire(&json!({"items": [{"id": 1}, {"id": "sentinel"}]}));
    assert_eq!(
        response.json::<Typed>().expect_err("text").to_string(),
        "invalid type: string, expected u32 at $.items[1].id"
    );
    #[derive(Debug, Deserialize)]
    enum Variant {
        Known,
    }
    let response = wire(&json!({"items": "sentinel"}));
    let error = response.json::<BTreeMap<String, Variant>>();
    assert_eq!(
        error.expect_err("an unknown variant").to_string(),
        "unknown variant, expected one of [\"Known\"] at $.items"
    );
}

#[test]
fn enums_have_the_forms_of_serde_json() {
    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    enum Form {
        Unit,
        Newtype(u8),
        Tuple(u8, String),
        Struct { a: Option<bool> },
    }
    let forms = vec![
        Form::Unit,
        Form::Newtype(1),
        Form::Tuple(2, "x".into()),
        Form::Struct { a: None },
    ];
    let sent = Struct::new(&BTreeMap::from([("forms", &forms)])).expect("an object");
    assert_eq!(
        sent.value().expect("JSON"),
        json!({"forms": ["Unit", {"Newtype": 1}, {"Tuple": [2, "x"]}, {"Struct": {"a": null}}]})
    );
    let read: BTreeMap<String, Vec<Form>> = sent.json().expect("the same");
    assert_eq!(read["forms"], forms);
    // Also as the outermost value.
    let outermost = Struct::new(&forms[3]).expect("an object");
    assert_eq!(outermost.json::<Form>().expect("the same"), forms[3]);
}

#[test]
fn raw_json_text_is_written_and_read() {
    let raw: Box<RawValue> = serde_json::from_str(r#"{"a": [1, 2.5]}"#).expect("JSON");
    let sent = Struct::new(&raw).expect("an object");
    assert_eq!(sent.value().expect("JSON"), json!({"a": [1, 2.5]}));
    let read: Box<RawValue> = sent.json().expect("JSON");
    assert_eq!(read.get(), r#"{"a":[1,2.5]}"#);
}

#[test]
fn an_integer_in_json_text_is_not_rounded() {
    let sent = |json: &str| {
        let raw = RawValue::from_string(json.to_owned()).expect("JSON");
        to_struct("input", &BTreeMap::from([("raw", raw)])).map_err(|error| error.to_string())
    };
    for integer in [
        "9007199254740993",
        "-9007199254740993",
        "18446744073709551617",
        "123456789012345678901234567890123456789012345678901234567890",
    ] {
        for json in [
            integer.to_owned(),
            format!(r#"{{"a\"1": "\\", "b": [0.5, {integer} ]}}"#),
        ] {
            let error = sent(&json).expect_err(&json);
            let shown = integer.get(..40).unwrap_or(integer);
            assert!(
                error.starts_with(&format!("input contains {shown}")),
                "{error}"
            );
            assert!(
                error.contains("at $.raw, which a double cannot represent exactly"),
                "{error}"
            );
        }
    }
    for json in [
        "18446744073709551616",
        "9007199254740993.0",
        "1e22",
        "-0",
        r#"["9007199254740993", "\"9007199254740993", {"9007199254740993": 1}]"#,
    ] {
        let sent: BTreeMap<String, Json> = sent(json).expect(json).json().expect("JSON");
        let expected: Json = serde_json::from_str(json).expect("JSON");
        assert_eq!(sent["raw"].as_f64(), expected.as_f64(), "{json}");
    }
}

/// How serde_json's feature `arbitrary_precision` serializes a number.
#[derive(Serialize)]
#[serde(rename = "$serde_json::private::Number")]
struct TextNumber {
    #[serde(rename = "$serde_json::private::Number")]
    text: &'static str,
}

#[test]
fn a_number_that_serde_json_passes_as_text_is_written_as_a_double() {
    let sent = |text| {
        to_struct("input", &BTreeMap::from([("n", [TextNumber { text }])]))
            .map_err(|error| error.to_string())
    };
    for (text, double) in [
        ("5", 5.0_f64),
        ("-0", -0.0),
        ("1.50", 1.5),
        ("1E+2", 100.0),
        ("18446744073709551616", 18_446_744_073_709_551_616.0),
        ("1e-400", 0.0),
    ] {
        let read: BTreeMap<String, [f64; 1]> = sent(text).expect(text).json().expect("a double");
        assert_eq!(read["n"][0].to_bits(), double.to_bits(), "{text}");
    }
    for (text, reason) in [
        ("9007199254740993", "a double cannot represent exactly"),
        ("18446744073709551617", "a double cannot represent exactly"),
        ("1e400", "beyond the range of a double"),
        ("-1e400", "beyond the range of a double"),
        ("inf", "a number is not valid in JSON"),
        ("NaN", "a number is not valid in JSON"),
        ("{}", "a number is not valid in JSON"),
        ("", "a number is not valid in JSON"),
    ] {
        let error = sent(text).expect_err(text);
        assert!(
            error.contains(reason) && error.contains("$.n[0]"),
            "{text}: {error}"
        );
    }
    assert_eq!(
        error(&TextNumber { text: "5" }),
        "input must be a JSON object, not a number"
    );
}

#[test]
fn debug_prints_only_the_size() {
    let wire = wire(&json!({"key": "sentinel"}));
    let size = wire.encoded_len();
    assert_eq!(format!("{wire:?}"), format!("Struct({size} bytes)"));
    assert_eq!(format!("{:?}", ListValue::default()), "ListValue(0 bytes)");
}

#[test]
fn structs_with_the_same_content_are_equal() {
    let one = wire(&json!({"a": 1, "b": [true]}));
    let mut other = wire(&json!({"b": [true]}));
    other
        .merge(&*wire(&json!({"a": 1})).encode_to_vec())
        .expect("merged");
    assert_eq!(one, other);
    assert_ne!(one, wire(&json!({"a": 1})));
}

#[test]
fn bytes_are_shared_with_the_response_and_kept() {
    use crate::raw::tools::ExecuteToolResponse;

    let response = ExecuteToolResponse {
        data: Some(wire(&json!({"text": "x".repeat(1000), "n": 1}))),
        execution_id: "exec_1".into(),
    };
    let mut bytes = response.encode_to_vec();
    // An unknown field of the struct.
    let unknown = [0x7a, 1, 9, 0x80, 1, 5];
    bytes.splice(0..0, [&[0x0a, unknown.len() as u8], &unknown[..]].concat());
    let body = Bytes::from(bytes);
    let read = ExecuteToolResponse::decode(body.clone()).expect("decodes");
    let data = read.data.clone().expect("data");
    let text: BTreeMap<&str, Json> = data.json().expect("an object");
    assert!(
        body.as_ptr_range()
            .contains(&text.keys().next().expect("a name").as_ptr())
    );
    let again = read.encode_to_vec();
    assert!(again.windows(unknown.len()).any(|part| part == unknown));
    assert_eq!(ExecuteToolResponse::decode(&*again).expect("decodes"), read);
}

#[test]
fn a_field_of_the_wrong_type_is_an_error_and_an_empty_value_is_null() {
    assert!(Struct::decode(&[0x08, 1][..]).is_err());
    assert!(Value::decode(&[0x0a, 0][..]).is_err());
    assert!(Struct::decode(&[0x0a, 9][..]).is_err());
    assert_eq!(Value::default().value().expect("null"), Json::Null);
    // An entry without a value, and one without a key.
    let parts = Struct::decode(&[0x0a, 3, 0x0a, 1, b'k', 0x0a, 4, 0x12, 2, 0x20, 1][..]);
    let parts = parts.expect("decodes");
    assert_eq!(parts.value().expect("JSON"), json!({"k": null, "": true}));
    // Text that is not UTF-8.
    let broken = Struct::decode(&[0x0a, 8, 0x0a, 1, b'k', 0x12, 3, 0x1a, 1, 0xff][..]);
    let error = broken.expect("not yet read").value().expect_err("broken");
    assert_eq!(
        error.to_string(),
        "the encoded value contains text that is not UTF-8"
    );
}

#[test]
fn a_field_is_found_by_name_without_reading_the_others() {
    let mut definition = wire(&json!({"name": "first", "n": 1}));
    definition
        .merge(&*wire(&json!({"name": "last"})).encode_to_vec())
        .expect("merged");
    assert_eq!(definition.text("name"), Some("last"));
    assert_eq!(definition.text("n"), None);
    assert_eq!(definition.text("none"), None);
}
