//! Serves the RPCs over REST: by their `google.api.http` bindings, in proto3 JSON.
//!
//! Requests may use either field name (`tool_name`, `toolName`). Responses use the names of the
//! descriptors, as the service's own error bodies do.

mod transcode;

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::Incoming;
use prost::Message as _;
use prost_reflect::DynamicMessage;
use scalekit::raw::errdetails::ErrorInfo;
use serde_json::Value;

use self::transcode::{Variables, request_message, to_json};
use crate::call::{CallStatus, Protocol};
use crate::code::Code;
use crate::connection::ConnectionHandle;
use crate::inject::{Encoding, ResponseFault};
use crate::journal::RecordedBody;
use crate::request::{read_body, target};
use crate::response::{Response, json_response, plain_error, set_header};
use crate::rpc;
use crate::schema::{Route, Schema};
use crate::shared::Shared;
use crate::status::{Status, internal};

pub(crate) async fn serve(
    shared: Arc<Shared>,
    connection: &ConnectionHandle,
    request: http::Request<Incoming>,
) -> Result<Response, h2::Error> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let method = format!("{} {}", parts.method, target(&parts.uri));
    let Some((route, variables)) = find(shared.schema, parts.method.as_str(), path) else {
        let entry = shared.journal.begin(
            Protocol::Rest,
            method.clone(),
            None,
            &parts.headers,
            RecordedBody::None,
        );
        let known = shared
            .schema
            .routes
            .iter()
            .any(|route| route.template.matches(path).is_some());
        // The service's gateway returns 405 for a known path with another verb.
        let (status, code) = if known {
            (405, Code::Unimplemented)
        } else {
            (404, Code::NotFound)
        };
        entry.end(CallStatus::Http(status));
        return Ok(plain_error(
            status,
            code,
            &format!("no operation at {method}"),
        ));
    };
    let message = match read_body(body).await {
        Ok(body) => request_message(route, variables, parts.uri.query(), &body),
        Err(status) => Err(status),
    };
    let (journaled, request) = match message {
        Ok(message) => {
            let bytes = Bytes::from(message.encode_to_vec());
            (
                RecordedBody::Message(route.rpc.input.clone(), bytes.clone()),
                Ok(bytes),
            )
        }
        Err(status) => (RecordedBody::None, Err(status)),
    };
    let entry = shared.journal.begin(
        Protocol::Rest,
        method,
        Some(route.rpc.name.clone()),
        &parts.headers,
        journaled,
    );
    let request_id = entry.request_id();
    let (result, fault) = call(&shared, route, &parts.headers, connection, request).await;
    let (code, response) = match result {
        Ok(value) => (Code::Ok, json_response(200, &value)),
        Err(status) => (
            status.code(),
            error(shared.schema, &status.with_default_request_id(&request_id)),
        ),
    };
    entry.end(fault.journaled(CallStatus::Rpc(code)));
    fault.apply(response, Encoding::Json, connection).await
}

async fn call(
    shared: &Arc<Shared>,
    route: &Route,
    headers: &HeaderMap,
    connection: &ConnectionHandle,
    request: Result<Bytes, Status>,
) -> (Result<Value, Status>, ResponseFault) {
    // Authentication comes first: a caller without a token learns nothing about the request.
    let request = match rpc::authenticate(shared, headers).and(request) {
        Ok(request) => request,
        Err(status) => return (Err(status), ResponseFault::none()),
    };
    let (result, fault) = rpc::serve(shared, &route.rpc, headers, connection, request).await;
    let value = result.and_then(|bytes| {
        let message = DynamicMessage::decode(route.rpc.output.clone(), bytes.as_slice())
            .map_err(|error| internal(error.to_string()))?;
        to_json(&message)
    });
    (value, fault)
}

/// A status as a REST response.
pub(crate) fn error(schema: &Schema, status: &Status) -> Response {
    let body = status.to_json(|info| error_info(schema, info));
    let mut response = json_response(status.code().http_status(), &body);
    if let Some(delay) = status.retry_delay() {
        let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        set_header(&mut response, "retry-after", &seconds.to_string());
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

fn find<'a>(schema: &'a Schema, verb: &str, path: &str) -> Option<(&'a Route, Variables)> {
    schema
        .routes
        .iter()
        .filter(|route| route.verb == verb)
        .find_map(|route| Some((route, route.template.matches(path)?)))
}
