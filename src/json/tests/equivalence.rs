//! Compares the codec with prost-types and serde_json, on random values in random encodings.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use prost::Message as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::{ListValue, Struct, Value, oracle, scramble};

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "\\PC{0,8}".prop_map(Json::from),
        (100..300_usize).prop_map(|length| Json::from("ä".repeat(length))),
    ];
    leaf.prop_recursive(4, 48, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
            prop::collection::btree_map("[a-c]{0,2}", inner, 0..8)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

fn any_object() -> impl Strategy<Value = Map<String, Json>> {
    prop::collection::btree_map("[a-zé]{0,3}", any_json(), 0..8)
        .prop_map(|map| map.into_iter().collect())
}

/// Objects that often match `Typed`.
fn nearly_typed() -> impl Strategy<Value = Map<String, Json>> {
    let number = prop_oneof![
        any::<i16>().prop_map(Json::from),
        any::<f32>().prop_map(|number| json!(number)),
    ];
    let form = prop_oneof![
        Just(json!("Unit")),
        Just(json!({"Newtype": 3})),
        Just(json!({"Tuple": [1, "x"]})),
        Just(json!({"Struct": {"a": 1}})),
        Just(json!({"Struct": {"a": 1}, "Unit": null})),
        Just(json!({"Unit": null})),
    ];
    let field = prop_oneof![
        ("(byte|signed|double)", number.clone()),
        ("(text|letter)", "[a-z]{1,2}".prop_map(Json::from)),
        (
            "(maybe|unit)",
            prop_oneof![Just(Json::Null), number.clone()]
        ),
        ("form", form),
        (
            "(list|pair|set)",
            prop::collection::vec(number.clone(), 0..3).prop_map(Json::from)
        ),
        (
            "(by_number|by_flag)",
            prop::collection::btree_map("([0-9]{1,2}|true)", number, 0..3)
                .prop_map(|map| Json::Object(map.into_iter().collect()))
        ),
        ("[a-z]{1,9}", any_json()),
    ];
    prop::collection::vec(field, 0..12).prop_map(|fields| fields.into_iter().collect())
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
enum Form {
    Unit,
    Newtype(u8),
    Tuple(u8, String),
    Struct { a: Option<i64> },
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
enum Either {
    Number(u16),
    Text(String),
    Many(Vec<i32>),
}

#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Typed {
    byte: Option<Byte>,
    signed: i32,
    double: f64,
    text: String,
    letter: Option<char>,
    maybe: Option<Either>,
    unit: (),
    form: Option<Form>,
    list: Vec<f32>,
    pair: Option<(i32, i32)>,
    by_number: HashMap<u8, Json>,
    by_flag: BTreeMap<bool, Option<i64>>,
    #[serde(flatten)]
    rest: BTreeMap<String, Json>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Byte(u8);

/// Without `flatten`, which buffers the fields.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Plain {
    byte: Option<u8>,
    signed: Option<Json>,
    text: Option<String>,
    form: Option<Form>,
    list: Option<Vec<Json>>,
    pair: Option<(f64, f64)>,
    by_number: Option<HashMap<i8, f64>>,
}

/// Checks that both succeed with the same value or both fail.
fn agree<T: PartialEq + std::fmt::Debug, E: std::fmt::Display, F: std::fmt::Display>(
    ours: Result<T, E>,
    theirs: Result<T, F>,
) -> Result<(), TestCaseError> {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
        (Err(_), Err(_)) => {}
        (Ok(ours), Err(error)) => prop_assert!(false, "{ours:?}, they fail: {error}"),
        (Err(error), Ok(theirs)) => prop_assert!(false, "{theirs:?}, we fail: {error}"),
    }
    Ok(())
}

fn agrees_with_prost(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(tree) = prost_types::Struct::decode(bytes) else {
        return Ok(());
    };
    let theirs = oracle::from_struct(tree);
    // For map fields, prost does not check the wire type of an entry.
    let ours = match Struct::decode(bytes) {
        Err(error) if error.to_string().contains("wire type") => return Ok(()),
        ours => ours.expect("prost decodes it"),
    };
    match ours.value() {
        Err(error)
            if error
                .to_string()
                .contains("a field with the wrong wire type") =>
        {
            return Ok(());
        }
        value => prop_assert_eq!(&value.expect("prost reads it"), &theirs),
    }
    prop_assert_eq!(&ours.json::<Json>().expect("prost reads it"), &theirs);
    agree(
        ours.json::<Typed>(),
        serde_json::from_value::<Typed>(theirs.clone()),
    )?;
    agree(
        ours.json::<Plain>(),
        serde_json::from_value::<Plain>(theirs),
    )?;
    // Encoding the decoded value again keeps its meaning.
    let again = prost_types::Struct::decode(&*ours.encode_to_vec()).expect("decodes again");
    prop_assert_eq!(again, prost_types::Struct::decode(bytes).expect("decodes"));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_encoding_of_a_value_is_read_as_prost_reads_it(
        object in prop_oneof![any_object(), nearly_typed()],
        seed in any::<u64>(),
    ) {
        let bytes = scramble::fields(&object, &mut fastrand::Rng::with_seed(seed));
        let read = Struct::decode(&*bytes).expect("decodes");
        let normal = oracle::from_struct(oracle::to_struct(&object));
        prop_assert_eq!(read.value().expect("JSON"), normal);
        agrees_with_prost(&bytes)?;
    }

    #[test]
    fn damaged_bytes_are_read_as_prost_reads_them_or_not_at_all(
        object in any_object(),
        seed in any::<u64>(),
    ) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut bytes = scramble::fields(&object, &mut rng);
        for _ in 0..rng.usize(1..4) {
            if !bytes.is_empty() {
                let at = rng.usize(..bytes.len());
                match rng.u8(..3) {
                    0 => bytes[at] ^= 1 << rng.u8(..8),
                    1 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, rng.u8(..)),
                }
            }
        }
        // Any bytes are read or are an error. prost accepts some of those that are an error here.
        if let Ok(read) = Struct::decode(&*bytes) {
            if read.value().is_ok() && read.json::<Json>().is_ok() {
                agrees_with_prost(&bytes)?;
            }
            let _ = read.json::<Plain>();
        }
    }

    #[test]
    fn the_written_bytes_are_those_of_prost(object in any_object()) {
        let tree = oracle::to_struct(&object);
        let ours = Struct::new(&object).expect("an object");
        let bytes = ours.encode_to_vec();
        prop_assert_eq!(&prost_types::Struct::decode(&*bytes).expect("decodes"), &tree);
        prop_assert_eq!(Struct::from(&object).encode_to_vec(), &*bytes);
        // Lengths take the minimum of bytes. Only an empty key is omitted by prost and not here.
        let empty_keys = count_empty_keys(&Json::Object(object.clone()));
        if empty_keys == 0 {
            prop_assert_eq!(bytes.len(), tree.encoded_len());
        }

        let json = Json::Object(object);
        let ours = Value::from(&json).encode_to_vec();
        let theirs = prost_types::Value::decode(&*ours).expect("decodes");
        prop_assert_eq!(theirs, oracle::to_value(&json));
        let ours = ListValue::from(std::slice::from_ref(&json)).encode_to_vec();
        let theirs = prost_types::ListValue::decode(&*ours).expect("decodes");
        prop_assert_eq!(theirs.values, vec![oracle::to_value(&json)]);
    }

    #[test]
    fn a_type_is_written_as_serde_json_writes_it(object in nearly_typed()) {
        if let Ok(typed) = serde_json::from_value::<Typed>(Json::Object(object)) {
            let theirs = serde_json::to_value(&typed);
            let ours = Struct::new(&typed);
            if let (Ok(Json::Object(theirs)), Ok(ours)) = (theirs, &ours) {
                let normal = oracle::from_struct(oracle::to_struct(&theirs));
                prop_assert_eq!(ours.value().expect("JSON"), normal);
            } else {
                prop_assert!(ours.is_err());
            }
        }
    }

    #[test]
    fn an_integer_is_sent_exactly_or_not_at_all(number in any::<i64>()) {
        match Struct::new(&json!({ "n": number })) {
            Ok(wire) => {
                let tree = prost_types::Struct::decode(&*wire.encode_to_vec()).expect("decodes");
                let Some(prost_types::value::Kind::NumberValue(sent)) = tree.fields["n"].kind else {
                    panic!("a number")
                };
                prop_assert_eq!(sent as i128, i128::from(number));
            }
            Err(_) => prop_assert!(number.unsigned_abs() > 1 << 53),
        }
    }
}

fn count_empty_keys(json: &Json) -> usize {
    match json {
        Json::Array(items) => items.iter().map(count_empty_keys).sum(),
        Json::Object(fields) => {
            let inner: usize = fields.values().map(count_empty_keys).sum();
            inner + usize::from(fields.contains_key(""))
        }
        _ => 0,
    }
}
