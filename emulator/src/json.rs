//! JSON: from and to `google.protobuf.Struct` with whole numbers kept whole, and from what people
//! write.

use prost_types::{ListValue, Struct, Value as Proto, value::Kind};
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

/// The largest integer up to which a double holds every integer.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

pub(crate) fn from_struct(value: &Struct) -> Value {
    Value::Object(
        value
            .fields
            .iter()
            .map(|(key, value)| (key.clone(), from_proto(value)))
            .collect(),
    )
}

fn from_proto(value: &Proto) -> Value {
    match &value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(value)) => Value::Bool(*value),
        Some(Kind::NumberValue(value)) => number(*value),
        Some(Kind::StringValue(value)) => Value::String(value.clone()),
        Some(Kind::StructValue(value)) => from_struct(value),
        Some(Kind::ListValue(list)) => Value::Array(list.values.iter().map(from_proto).collect()),
    }
}

/// A double as JSON: integral ones without a fraction, except negative zero, which no integer is;
/// those JSON cannot hold as null.
fn number(value: f64) -> Value {
    let is_negative_zero = value == 0.0 && value.is_sign_negative();
    if value.fract() == 0.0 && value.abs() <= MAX_EXACT && !is_negative_zero {
        // In range by the check above.
        #[allow(clippy::cast_possible_truncation)]
        return Value::Number(Number::from(value as i64));
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// `value` as a `Struct`; anything but an object is put under the key `result`.
pub(crate) fn to_struct(value: &Value) -> Struct {
    match value {
        Value::Object(fields) => struct_of(fields),
        Value::Null => Struct::default(),
        other => Struct {
            fields: [("result".to_owned(), to_proto(other))].into(),
        },
    }
}

fn struct_of(fields: &Map<String, Value>) -> Struct {
    Struct {
        fields: fields
            .iter()
            .map(|(key, value)| (key.clone(), to_proto(value)))
            .collect(),
    }
}

pub(crate) fn to_proto(value: &Value) -> Proto {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(*value),
        Value::Number(value) => Kind::NumberValue(value.as_f64().unwrap_or(f64::NAN)),
        Value::String(value) => Kind::StringValue(value.clone()),
        Value::Array(items) => Kind::ListValue(ListValue {
            values: items.iter().map(to_proto).collect(),
        }),
        Value::Object(fields) => Kind::StructValue(struct_of(fields)),
    };
    Proto { kind: Some(kind) }
}

/// Writes integral doubles without a fraction everywhere in `value`, as the service's JSON does.
pub(crate) fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(found) if found.is_f64() => {
            if let Some(float) = found.as_f64() {
                *value = number(float);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

/// Reads what people write. The error names the key, with its way down, and the line.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| error.to_string())?;
    json.end().map_err(|error| error.to_string())?;
    Ok(value)
}
