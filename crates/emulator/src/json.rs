//! JSON conversions: from and to `google.protobuf.Struct`, and from files and requests.

use scalekit::raw::json::Struct;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

/// The largest integer up to which a double holds every integer.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// `value` as JSON. An invalid value becomes an empty object.
pub(crate) fn from_struct(value: &Struct) -> Value {
    value.value().unwrap_or_else(|_| Value::Object(Map::new()))
}

/// `value` as a `Struct`. A value that is not an object is stored under the key `result`.
pub(crate) fn to_struct(value: &Value) -> Struct {
    match value {
        Value::Object(fields) => Struct::from(fields),
        Value::Null => Struct::default(),
        other => Struct::from(&Map::from_iter([("result".to_owned(), other.clone())])),
    }
}

/// A double as JSON. Integral doubles become integers, except negative zero, which integers cannot
/// express. Doubles that JSON cannot express become null.
fn number(value: f64) -> Value {
    let is_negative_zero = value == 0.0 && value.is_sign_negative();
    if value.fract() == 0.0 && value.abs() <= MAX_EXACT && !is_negative_zero {
        // In range by the check above.
        #[allow(clippy::cast_possible_truncation)]
        return Value::Number(Number::from(value as i64));
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// Turns integral doubles in `value` into integers, as the service's JSON does.
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

/// Parses JSON. The error names the path of the key and the line.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| error.to_string())?;
    json.end().map_err(|error| error.to_string())?;
    Ok(value)
}
