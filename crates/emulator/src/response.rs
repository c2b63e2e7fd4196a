//! Builds HTTP responses.

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};

use crate::code::Code;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Body = UnsyncBoxBody<Bytes, BoxError>;
pub(crate) type Response = http::Response<Body>;

pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

pub(crate) fn respond(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = http::Response::new(full(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static(content_type),
    );
    response
}

pub(crate) fn json_response(status: u16, value: &Value) -> Response {
    respond(status, "application/json", value.to_string())
}

/// A response as a load balancer sends it: a status and a page without content.
pub(crate) fn bare_page(status: u16) -> Response {
    respond(
        status,
        "text/html",
        format!("<html><body>{status}</body></html>"),
    )
}

/// An error in the format of the API, without details, for paths that belong to no RPC.
pub(crate) fn plain_error(status: u16, code: Code, message: &str) -> Response {
    json_response(
        status,
        &json!({ "code": code as i32, "message": message, "details": [] }),
    )
}

/// Sets a header, unless `value` is not a valid header value.
pub(crate) fn set_header(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
