//! The REST door: the same RPCs by their `google.api.http` bindings, in proto3 JSON.
//!
//! Requests may name fields either way (`tool_name`, `toolName`); answers use the names of the
//! descriptors, as the service's own error bodies do.

pub(crate) mod template;

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::Incoming;
use prost::Message as _;
use prost_reflect::{
    DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, SerializeOptions,
};
use scalekit::raw::errdetails::ErrorInfo;
use serde_json::{Map, Value};

use crate::answer::{Response, header, json_response, plain_error, read};
use crate::faults::{Ending, Form};
use crate::journal::{Body, CallStatus, Protocol};
use crate::line::Line;
use crate::rpc;
use crate::schema::{BodyRule, Route, Schema};
use crate::shared::Shared;
use crate::status::{Code, Status, internal, invalid};

pub(crate) async fn serve(
    shared: Arc<Shared>,
    line: &Line,
    request: http::Request<Incoming>,
) -> Result<Response, h2::Error> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let method = format!(
        "{} {}",
        parts.method,
        parts.uri.path_and_query().map_or(path, |p| p.as_str())
    );
    let Some((route, variables)) = find(shared.schema, parts.method.as_str(), path) else {
        let entered = shared.journal.begin(
            Protocol::Rest,
            method.clone(),
            None,
            &parts.headers,
            Body::None,
        );
        let known = shared
            .schema
            .routes
            .iter()
            .any(|route| route.template.matches(path).is_some());
        // A known path with another verb is what the service's gateway answers 405 for.
        let (status, code) = if known {
            (405, Code::Unimplemented)
        } else {
            (404, Code::NotFound)
        };
        entered.end(CallStatus::Http(status));
        return Ok(plain_error(
            status,
            code,
            &format!("no operation at {method}"),
        ));
    };
    let read = match read(body).await {
        Ok(body) => request_message(route, variables, parts.uri.query(), &body),
        Err(status) => Err(status),
    };
    let (journaled, request) = match read {
        Ok(message) => {
            let bytes = Bytes::from(message.encode_to_vec());
            (
                Body::Message(route.rpc.input.clone(), bytes.clone()),
                Ok(bytes),
            )
        }
        Err(status) => (Body::None, Err(status)),
    };
    let entered = shared.journal.begin(
        Protocol::Rest,
        method,
        Some(route.rpc.name.clone()),
        &parts.headers,
        journaled,
    );
    let request_id = format!("req_{}", entered.seq());
    let (result, ending) = answer(&shared, route, &parts.headers, line, request).await;
    let (code, response) = match result {
        Ok(value) => (Code::Ok, json_response(200, &value)),
        Err(status) => (
            status.code(),
            error(shared.schema, &status.with_default_request_id(&request_id)),
        ),
    };
    entered.end(ending.journaled(CallStatus::Rpc(code)));
    ending.apply(response, Form::Json, line).await
}

async fn answer(
    shared: &Arc<Shared>,
    route: &Route,
    headers: &HeaderMap,
    line: &Line,
    request: Result<Bytes, Status>,
) -> (Result<Value, Status>, Ending) {
    // Who is not authenticated does not learn what is wrong with the request.
    let request = match rpc::authenticate(shared, headers).and(request) {
        Ok(request) => request,
        Err(status) => return (Err(status), Ending::none()),
    };
    let (result, ending) = rpc::serve(shared, &route.rpc, headers, line, request).await;
    let value = result.and_then(|bytes| {
        let message = DynamicMessage::decode(route.rpc.output.clone(), bytes.as_slice())
            .map_err(|error| internal(error.to_string()))?;
        to_json(&message)
    });
    (value, ending)
}

/// A status as the body of a REST answer.
pub(crate) fn error(schema: &Schema, status: &Status) -> Response {
    let body = status.to_json(|info| error_info(schema, info));
    let mut response = json_response(status.code().http_status(), &body);
    if let Some(delay) = status.retry_delay() {
        let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        header(&mut response, "retry-after", &seconds.to_string());
    }
    response
}

fn error_info(schema: &Schema, info: &ErrorInfo) -> Value {
    let mut message = DynamicMessage::new(schema.error_info.clone());
    if message.transcode_from(info).is_err() {
        return Value::Null;
    }
    to_json(&message).unwrap_or_default()
}

fn to_json(message: &DynamicMessage) -> Result<Value, Status> {
    let options = SerializeOptions::new()
        .skip_default_fields(false)
        .use_proto_field_name(true);
    let mut value = message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .map_err(|error| internal(error.to_string()))?;
    crate::json::whole_numbers(&mut value);
    Ok(value)
}

type Variables = Vec<(String, String)>;

fn find<'a>(schema: &'a Schema, verb: &str, path: &str) -> Option<(&'a Route, Variables)> {
    schema
        .routes
        .iter()
        .filter(|route| route.verb == verb)
        .find_map(|route| Some((route, route.template.matches(path)?)))
}

/// Builds the request: the body first, then the query, then what the path says.
fn request_message(
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
        // A field that the path binds is not also taken from the body.
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

/// Puts the text of a parameter at `path` (`filter.tool_name`), of which `rest` is still to be
/// followed, into the JSON of a request.
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
            _ => Err(invalid(path, "given twice")),
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

/// The text of a parameter as the JSON that its field takes.
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
        // An enum is given by name or by number.
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
            // `filter=` alone says that the message is there, and nothing else about it.
            _ if text.is_empty() => Ok(Value::Object(Map::new())),
            name => Err(invalid(path, format!("{name} cannot be a parameter"))),
        },
        // proto3 JSON takes numbers as text too.
        _ => Ok(Value::from(text)),
    }
}
