//! Converts between proto3 JSON with URL parameters and protobuf messages.

use prost_reflect::{
    DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, SerializeOptions,
};
use serde_json::{Map, Value};

use crate::schema::{BodyRule, Route};
use crate::status::{Status, internal, invalid};

/// The variables of a path with their values.
pub(super) type Variables = Vec<(String, String)>;

/// A message as proto3 JSON, with the field names of the descriptor.
pub(super) fn to_json(message: &DynamicMessage) -> Result<Value, Status> {
    let options = SerializeOptions::new()
        .skip_default_fields(false)
        .use_proto_field_name(true);
    let mut value = message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .map_err(|error| internal(error.to_string()))?;
    crate::json::whole_numbers(&mut value);
    Ok(value)
}

/// Builds a request message from the body, then the query, then the path variables.
pub(super) fn request_message(
    route: &Route,
    variables: Variables,
    query: Option<&str>,
    body: &[u8],
) -> Result<DynamicMessage, Status> {
    let input = &route.rpc.input;
    let mut tree = Map::new();
    if !body.is_empty() {
        let parsed = || {
            serde_json::from_slice::<Value>(body)
                .map_err(|error| invalid("body", format!("not JSON: {error}")))
        };
        match &route.body {
            BodyRule::None => {}
            BodyRule::Whole => match parsed()? {
                Value::Object(fields) => tree = fields,
                Value::Null => {}
                _ => return Err(invalid("body", "must be a JSON object")),
            },
            BodyRule::Field(field) => {
                tree.insert(field.clone(), parsed()?);
            }
        }
    }
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if matches!(route.body, BodyRule::Whole) {
            return Err(invalid(&name, "query parameters do not mix with this body"));
        }
        set(&mut tree, input, &name, &name, &value)?;
    }
    for (name, value) in variables {
        // A field that the path binds is ignored in the body.
        if let Some(field) = input.get_field_by_name(&name) {
            tree.remove(field.name());
            tree.remove(field.json_name());
        }
        set(&mut tree, input, &name, &name, &value)?;
    }
    DynamicMessage::deserialize_with_options(
        input.clone(),
        Value::Object(tree),
        &DeserializeOptions::new().deny_unknown_fields(true),
    )
    .map_err(|error| invalid("request", error.to_string()))
}

/// Sets a parameter at `path` (`filter.tool_name`) in the JSON of a request. `rest` is the part of
/// the path that remains.
fn set(
    tree: &mut Map<String, Value>,
    message: &MessageDescriptor,
    path: &str,
    rest: &str,
    text: &str,
) -> Result<(), Status> {
    let (name, rest) = match rest.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (rest, None),
    };
    let field = message
        .get_field_by_name(name)
        .or_else(|| message.get_field_by_json_name(name))
        .ok_or_else(|| invalid(path, format!("{} has no field {name}", message.full_name())))?;
    let key = field.name().to_owned();
    if let Some(rest) = rest {
        let Kind::Message(child) = field.kind() else {
            return Err(invalid(path, format!("{name} has no fields")));
        };
        if field.is_list() || field.is_map() {
            return Err(invalid(path, format!("{name} cannot be a parameter")));
        }
        let nested = tree.entry(key).or_insert_with(|| Value::Object(Map::new()));
        return match nested {
            Value::Object(nested) => set(nested, &child, path, rest, text),
            _ => Err(invalid(path, "set twice")),
        };
    }
    let value = scalar(&field, path, text)?;
    if field.is_list() {
        if let Value::Array(items) = tree.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
            items.push(value);
        }
    } else {
        tree.insert(key, value);
    }
    Ok(())
}

/// The text of a parameter as the JSON that its field expects.
fn scalar(field: &FieldDescriptor, path: &str, text: &str) -> Result<Value, Status> {
    let boolean = || match text {
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        _ => Err(invalid(path, "must be true or false")),
    };
    if field.is_map() {
        return Err(invalid(path, "cannot be a parameter"));
    }
    match field.kind() {
        Kind::Bool => boolean(),
        // An enum value is a name or a number.
        Kind::Enum(_) => Ok(text
            .parse::<i32>()
            .map_or_else(|_| Value::from(text), Value::from)),
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.BoolValue" => boolean(),
            "google.protobuf.Timestamp"
            | "google.protobuf.Duration"
            | "google.protobuf.FieldMask"
            | "google.protobuf.StringValue"
            | "google.protobuf.BytesValue"
            | "google.protobuf.Int32Value"
            | "google.protobuf.Int64Value"
            | "google.protobuf.UInt32Value"
            | "google.protobuf.UInt64Value"
            | "google.protobuf.FloatValue"
            | "google.protobuf.DoubleValue" => Ok(Value::from(text)),
            // `filter=` alone sets an empty message.
            _ if text.is_empty() => Ok(Value::Object(Map::new())),
            name => Err(invalid(path, format!("{name} cannot be a parameter"))),
        },
        // proto3 JSON also accepts numbers as text.
        _ => Ok(Value::from(text)),
    }
}
