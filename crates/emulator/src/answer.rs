//! HTTP answers, and how requests are read.

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::status::{Code, Status};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Body = UnsyncBoxBody<Bytes, BoxError>;
pub(crate) type Response = http::Response<Body>;

/// The largest request body that is read.
const MAX_BODY: usize = 64 * 1024 * 1024;

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

/// What a load balancer answers: a status and a page that says nothing.
pub(crate) fn empty(status: u16) -> Response {
    respond(
        status,
        "text/html",
        format!("<html><body>{status}</body></html>"),
    )
}

/// The error shape of the API, without details, for paths that no RPC has.
pub(crate) fn plain_error(status: u16, code: Code, message: &str) -> Response {
    json_response(
        status,
        &json!({ "code": code as i32, "message": message, "details": [] }),
    )
}

/// Reads a whole body.
pub(crate) async fn read(body: Incoming) -> Result<Bytes, Status> {
    Limited::new(body, MAX_BODY)
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .map_err(|error| {
            Status::new(
                Code::InvalidArgument,
                format!("the request body cannot be read: {error}"),
            )
        })
}

pub(crate) fn header(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
