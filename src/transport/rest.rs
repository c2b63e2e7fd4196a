//! Unary calls over REST: HTTP bindings, proto3 JSON.

use ::http::uri::PathAndQuery;
use ::http::{HeaderMap, HeaderValue, StatusCode, header};
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::json_fields;
use super::status::{RestStatus, retry_after};
use super::transcode::{self, Binding, Body, Part, ReadError, Route, read_json, to_json};
use super::{Connections, Framed, HttpRequest, HttpResponse, timeout_header};
use crate::Error;
use crate::call::{Attempt, Operation};
use crate::credentials::Token;
use crate::error::{Code, Details};

/// What a segment of a path holds as it is: the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Connections {
    /// Sends a request message and returns the response message.
    pub(super) async fn rest(
        &self,
        operation: &Operation,
        message: Framed,
        token: Token,
        attempt: &Attempt,
    ) -> Result<Bytes, Error> {
        let route = transcode::route(operation.path).ok_or_else(|| {
            let rpc = operation.path.trim_start_matches('/');
            Error::config(format!(
                "{rpc} has no REST form in this crate: use Transport::Grpc for this client"
            ))
        })?;
        let mut request = request(route, message.message())?;
        let (name, timeout) = timeout_header(attempt.time_left());
        request.headers.insert(name, timeout);
        let response = self.http(request, token, attempt).await?;
        if !response.status.is_success() {
            return Err(error(&response));
        }
        if response.status == StatusCode::NO_CONTENT {
            return Ok(Bytes::new());
        }
        decode(route, &response.body)
    }
}

/// The request of a route for an encoded message.
pub(crate) fn request(route: &Route, message: &[u8]) -> Result<HttpRequest, Error> {
    let invalid = |error: transcode::TranscodeError| Error::invalid_input("request", error);
    let mut fields = to_json(route.input, message).map_err(invalid)?;
    let usable = |binding: &&Binding| {
        let mut variables = variables(binding);
        variables.all(|name| !text_at(&fields, name).is_empty())
    };
    let Some(binding) = route.bindings.iter().find(usable) else {
        let missing = route.bindings.iter().flat_map(variables).next();
        return Err(Error::invalid_input(
            missing.unwrap_or_default(),
            "must not be empty",
        ));
    };

    let mut target = String::new();
    for part in binding.path {
        match part {
            Part::Literal(text) => target.push_str(text),
            Part::Variable(name) => target.push_str(&segment(name, &text_at(&fields, name))?),
        }
    }
    for name in variables(binding) {
        remove(&mut fields, name);
    }
    let body = match binding.body {
        Body::None => None,
        Body::Whole => Some(Value::Object(std::mem::take(&mut fields))),
        Body::Field(name) => Some(fields.remove(name).unwrap_or(Value::Object(Map::new()))),
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    parameters("", fields, &mut query)?;
    let query = query.finish();
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }

    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, JSON);
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, JSON);
    }
    Ok(HttpRequest {
        method: binding.verb.clone(),
        path: PathAndQuery::try_from(target)
            .map_err(|error| Error::invalid_input("request", error))?,
        headers,
        body: body.map_or_else(Default::default, |body| body.to_string().into()),
    })
}

fn variables(binding: &Binding) -> impl Iterator<Item = &'static str> {
    binding.path.iter().filter_map(|part| match part {
        Part::Literal(_) => None,
        Part::Variable(name) => Some(*name),
    })
}

/// The value of a field that a path can hold; empty when it is not set.
fn text_at(fields: &Map<String, Value>, path: &str) -> String {
    let value = match path.split_once('.') {
        Some((name, rest)) => match fields.get(name) {
            Some(Value::Object(fields)) => return text_at(fields, rest),
            _ => None,
        },
        None => fields.get(path),
    };
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

fn remove(fields: &mut Map<String, Value>, path: &str) {
    match path.split_once('.') {
        Some((name, rest)) => {
            if let Some(Value::Object(fields)) = fields.get_mut(name) {
                remove(fields, rest);
            }
        }
        None => {
            fields.remove(path);
        }
    }
}

/// A value as one segment of a path. The two segments that would walk up in the path cannot be
/// escaped: they mean the same percent-encoded.
fn segment(name: &str, value: &str) -> Result<String, Error> {
    if matches!(value, "." | "..") {
        return Err(Error::invalid_input(name, "must not be a path"));
    }
    Ok(utf8_percent_encode(value, SEGMENT).to_string())
}

/// Adds fields as query parameters: `filter.provider=GMAIL`, lists by repeating.
fn parameters(
    prefix: &str,
    fields: Map<String, Value>,
    query: &mut form_urlencoded::Serializer<'_, String>,
) -> Result<(), Error> {
    for (name, value) in fields {
        let name = format!("{prefix}{name}");
        match value {
            // Only where the service demands a message, as ListScopedTools does: calls leave out
            // others that are empty. google.api.http gives parameters to fields alone, and all
            // fields of that filter are lists, which a parameter makes longer. This is no defined
            // form either, and a gateway may refuse it, but it cannot be taken for anything else.
            Value::Object(fields) if fields.is_empty() => {
                query.append_pair(&name, "");
            }
            Value::Object(fields) => parameters(&format!("{name}."), fields, query)?,
            Value::Array(items) => {
                for item in items {
                    query.append_pair(&name, &scalar(&name, item)?);
                }
            }
            value => {
                query.append_pair(&name, &scalar(&name, value)?);
            }
        }
    }
    Ok(())
}

fn scalar(name: &str, value: Value) -> Result<String, Error> {
    match value {
        Value::String(text) => Ok(text),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err(Error::invalid_input(name, "does not fit into a query")),
    }
}

/// The message that the body of a response is the JSON of.
pub(crate) fn decode(route: &Route, body: &[u8]) -> Result<Bytes, Error> {
    let mut json = serde_json::Deserializer::from_slice(body);
    // JSON is seldom shorter than the message.
    let bytes = Vec::with_capacity(body.len());
    let read = read_json(route.output, &mut json, bytes);
    let read = read.and_then(|bytes| json.end().map(|()| bytes).map_err(ReadError::Json));
    read.map(Bytes::from).map_err(|error| {
        let length = body.len();
        Error::decode(match error {
            ReadError::Transcode(error) => {
                format!("the response ({length} bytes) cannot be decoded: {error}")
            }
            ReadError::Json(error) => {
                format!(
                    "the response ({length} bytes) {}",
                    json_fields::describe(&error)
                )
            }
        })
    })
}

/// The error of a response: of the API, or of a gateway in front of it.
pub(crate) fn error(response: &HttpResponse) -> Error {
    let retry_after = retry_after(&response.headers);
    let Some(status) = RestStatus::read(&response.body) else {
        return Error::http(response.status.as_u16()).with_retry_after(retry_after);
    };
    let mut details = status.details();
    details.retry_after = details.retry_after.or(retry_after);
    let refuses_token = refuses_token(response, &status, &details);
    let error = Error::status(status.code(), status.message, details)
        .with_http_status(response.status.as_u16(), true);
    match refuses_token {
        true => error.with_token_refused(),
        false => error,
    }
}

/// Whether a response in the format of the API means that Scalekit rejected our token before any
/// work: details are absent or readable, and there is no tool error. Only this function decides
/// that for REST.
fn refuses_token(response: &HttpResponse, status: &RestStatus, details: &Details) -> bool {
    let has_content_type = response.headers.contains_key(header::CONTENT_TYPE);
    response.status == StatusCode::UNAUTHORIZED
        && status.code() == Code::Unauthenticated
        && (!has_content_type || super::http::is_json(&response.headers))
        && !details.unreadable
        && details.tool_error.is_none()
}

#[cfg(test)]
mod tests;
