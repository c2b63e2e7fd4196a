//! `google.protobuf.Struct` on the wire, JSON values in the API of this crate.

use prost_types::value::Kind;
use prost_types::{ListValue, Struct};
use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::Error;

/// The largest integer below which every integer is exactly a double: the wire has only doubles.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// Any serializable object as a wire struct.
///
/// Fails, naming `parameter` and the path within it, when the input is not an object or holds an
/// integer that the wire cannot carry exactly.
pub(crate) fn to_struct(parameter: &str, input: &impl Serialize) -> Result<Struct, Error> {
    let value = serde_json::to_value(input).map_err(|error| {
        Error::invalid_input(
            parameter,
            format_args!("cannot be written as JSON: {error}"),
        )
    })?;
    let Value::Object(fields) = value else {
        return Err(Error::invalid_input(
            parameter,
            format_args!("must be a JSON object, not {}", type_of(&value)),
        ));
    };
    let mut path = String::from("$");
    object(fields, &mut path).map_err(|number| {
        Error::invalid_input(
            parameter,
            format_args!(
                "holds {number} at {path}, which a double cannot hold exactly: send it as a string"
            ),
        )
    })
}

/// A number that the wire cannot carry.
type Inexact = Number;

fn object(fields: Map<String, Value>, path: &mut String) -> Result<Struct, Inexact> {
    let fields = fields
        .into_iter()
        .map(|(name, field)| {
            let field = within(path, format_args!(".{name}"), |path| value(field, path))?;
            Ok((name, field))
        })
        .collect::<Result<_, Inexact>>()?;
    Ok(Struct { fields })
}

fn value(value: Value, path: &mut String) -> Result<prost_types::Value, Inexact> {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(value),
        Value::Number(number) => Kind::NumberValue(double(number)?),
        Value::String(text) => Kind::StringValue(text),
        Value::Array(items) => {
            let values = items
                .into_iter()
                .enumerate()
                .map(|(index, item)| {
                    within(path, format_args!("[{index}]"), |path| {
                        self::value(item, path)
                    })
                })
                .collect::<Result<_, Inexact>>()?;
            Kind::ListValue(ListValue { values })
        }
        Value::Object(fields) => Kind::StructValue(object(fields, path)?),
    };
    Ok(prost_types::Value { kind: Some(kind) })
}

/// Runs `inner` one step further down; an error leaves the path where it happened.
fn within<T>(
    path: &mut String,
    step: std::fmt::Arguments<'_>,
    inner: impl FnOnce(&mut String) -> Result<T, Inexact>,
) -> Result<T, Inexact> {
    let length = path.len();
    path.push_str(&step.to_string());
    let result = inner(path)?;
    path.truncate(length);
    Ok(result)
}

fn double(number: Number) -> Result<f64, Inexact> {
    let exact = if let Some(integer) = number.as_i64() {
        let double = integer as f64;
        (double as i128 == i128::from(integer)).then_some(double)
    } else if let Some(integer) = number.as_u64() {
        let double = integer as f64;
        (double as u128 == u128::from(integer)).then_some(double)
    } else {
        number.as_f64()
    };
    exact.ok_or(number)
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A wire struct as a JSON object.
pub(crate) fn from_struct(fields: Struct) -> Value {
    Value::Object(map_from_struct(fields))
}

pub(crate) fn map_from_struct(fields: Struct) -> Map<String, Value> {
    fields
        .fields
        .into_iter()
        .map(|(name, field)| (name, from_value(field)))
        .collect()
}

pub(crate) fn from_value(value: prost_types::Value) -> Value {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(value)) => Value::Bool(value),
        Some(Kind::NumberValue(number)) => from_double(number),
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::ListValue(list)) => list.values.into_iter().map(from_value).collect(),
        Some(Kind::StructValue(fields)) => from_struct(fields),
    }
}

/// A JSON object out of an answer as a wire struct: what the server sends was doubles there.
pub(crate) fn received_struct(fields: Map<String, Value>) -> Struct {
    let fields = fields.into_iter();
    Struct {
        fields: fields
            .map(|(name, field)| (name, received_value(field)))
            .collect(),
    }
}

pub(crate) fn received_value(value: Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(value),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Kind::StringValue(text),
        Value::Array(items) => Kind::ListValue(ListValue {
            values: items.into_iter().map(received_value).collect(),
        }),
        Value::Object(fields) => Kind::StructValue(received_struct(fields)),
    };
    prost_types::Value { kind: Some(kind) }
}

/// Integral numbers become integers, so that they deserialize into integer types; NaN and the
/// infinities, which JSON cannot hold, become null.
fn from_double(number: f64) -> Value {
    let is_negative_zero = number == 0.0 && number.is_sign_negative();
    if number.fract() == 0.0 && number.abs() <= MAX_EXACT && !is_negative_zero {
        Value::from(number as i64)
    } else {
        Number::from_f64(number).map_or(Value::Null, Value::Number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn round_trip(value: &Value) -> Value {
        from_struct(to_struct("input", value).expect("representable"))
    }

    #[test]
    fn integers_stay_integers() {
        let value = json!({"n": 5, "negative": -3, "edge": 9_007_199_254_740_992_i64, "f": 0.5});
        assert_eq!(round_trip(&value), value);
        assert_eq!(round_trip(&json!({"n": 5.0})), json!({"n": 5}));
    }

    #[test]
    fn an_integer_that_a_double_cannot_hold_is_named_with_its_path() {
        let input = json!({"items": [{"id": 1}, {"id": 9_007_199_254_740_993_i64}]});
        let error = to_struct("input", &input).expect_err("not representable");
        assert!(error.is_invalid_input());
        assert_eq!(
            error.to_string(),
            "input holds 9007199254740993 at $.items[1].id, which a double cannot hold exactly: \
             send it as a string"
        );
    }

    #[test]
    fn input_that_is_not_an_object_is_refused() {
        for (input, name) in [
            (json!([1]), "an array"),
            (json!("x"), "a string"),
            (json!(null), "null"),
        ] {
            let error = to_struct("input", &input).expect_err("not an object");
            assert_eq!(
                error.to_string(),
                format!("input must be a JSON object, not {name}")
            );
        }
    }

    #[test]
    fn what_json_cannot_hold_becomes_null() {
        assert_eq!(from_double(f64::NAN), Value::Null);
        assert_eq!(from_double(f64::INFINITY), Value::Null);
        assert_eq!(from_double(1e300), json!(1e300));
    }

    #[test]
    fn the_ends_of_the_integer_types_are_judged_exactly() {
        assert!(double(Number::from(i64::MAX)).is_err());
        assert!(double(Number::from(u64::MAX)).is_err());
        assert!(double(Number::from(i64::MIN)).is_ok());
        assert!(double(Number::from(1_u64 << 63)).is_ok());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[ -~]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-z.]{0,4}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_exact_object_round_trips(
            fields in prop::collection::btree_map("[a-z]{0,4}", any_json(), 0..6)
        ) {
            let value = Value::Object(fields.into_iter().collect());
            prop_assert_eq!(round_trip(&value), value);
        }

        #[test]
        fn an_integer_arrives_as_itself_or_not_at_all(number in any::<i64>()) {
            match to_struct("input", &json!({"n": number})) {
                Ok(wire) => {
                    let Some(Kind::NumberValue(sent)) = &wire.fields["n"].kind else { panic!() };
                    prop_assert_eq!(*sent as i128, i128::from(number));
                }
                Err(_) => prop_assert!(number.unsigned_abs() > MAX_EXACT as u64),
            }
        }
    }
}
