//! The same conversions with the tree of prost-types.

use prost::Message as _;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};
use serde_json::{Map, Number, Value as Json};

pub fn value(kind: Kind) -> Value {
    Value { kind: Some(kind) }
}

pub fn number(number: f64) -> Value {
    value(Kind::NumberValue(number))
}

pub fn wire<const N: usize>(fields: [(&str, Value); N]) -> super::Struct {
    let fields = fields.map(|(name, field)| (name.to_owned(), field));
    let tree = Struct {
        fields: fields.into(),
    };
    super::Struct::decode(&*tree.encode_to_vec()).expect("decodes")
}

pub fn from_struct(fields: Struct) -> Json {
    let fields = fields.fields.into_iter();
    Json::Object(
        fields
            .map(|(name, field)| (name, from_value(field)))
            .collect(),
    )
}

pub fn from_value(value: Value) -> Json {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Json::Null,
        Some(Kind::BoolValue(value)) => Json::Bool(value),
        Some(Kind::NumberValue(number)) => {
            let is_negative_zero = number == 0.0 && number.is_sign_negative();
            if number.fract() == 0.0 && number.abs() <= 2_f64.powi(53) && !is_negative_zero {
                return Json::from(number as i64);
            }
            Number::from_f64(number).map_or(Json::Null, Json::Number)
        }
        Some(Kind::StringValue(text)) => Json::String(text),
        Some(Kind::ListValue(list)) => list.values.into_iter().map(from_value).collect(),
        Some(Kind::StructValue(fields)) => from_struct(fields),
    }
}

pub fn to_struct(fields: &Map<String, Json>) -> Struct {
    let fields = fields.iter();
    Struct {
        fields: fields
            .map(|(name, field)| (name.clone(), to_value(field)))
            .collect(),
    }
}

pub fn to_value(json: &Json) -> Value {
    value(match json {
        Json::Null => Kind::NullValue(0),
        Json::Bool(value) => Kind::BoolValue(*value),
        Json::Number(number) => Kind::NumberValue(number.as_f64().expect("a double")),
        Json::String(text) => Kind::StringValue(text.clone()),
        Json::Array(items) => Kind::ListValue(ListValue {
            values: items.iter().map(to_value).collect(),
        }),
        Json::Object(fields) => Kind::StructValue(to_struct(fields)),
    })
}
