//! The built-in provider: a small mail API, and endpoints for tests.
//!
//! It serves the proxy of connections without a URL, and `/_provider/…` directly:
//! - `GET /gmail/v1/users/me/profile`, `GET|POST /gmail/v1/users/me/messages`
//! - `/echo/…` returns the request that it received
//! - `/status/{code}` returns that status
//! - `/redirect` redirects to another host

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use hyper::body::Incoming;
use scalekit::raw::connected_accounts::authorization_details::Details;
use serde_json::{Value, json};

use crate::builtin;
use crate::call::{CallStatus, Protocol};
use crate::code::Code;
use crate::json::from_struct;
use crate::request::{Received, target};
use crate::response::{Response, bare_page, json_response, plain_error, set_header};
use crate::shared::Shared;

/// The target of `/redirect`: a host that does not exist.
const ELSEWHERE: &str = "https://redirected.invalid/elsewhere";

/// Serves a request to the provider that did not come through the proxy.
pub(crate) async fn serve(shared: Arc<Shared>, request: http::Request<Incoming>) -> Response {
    let received = Received::raw(&shared.journal, Protocol::Provider, request).await;
    let Ok(received) = received else {
        return bare_page(400);
    };
    let Received {
        mut parts,
        body,
        entry,
    } = received;
    let path = target(&parts.uri);
    let response = match path.strip_prefix("/_provider").unwrap_or(path).parse() {
        Ok(uri) => {
            parts.uri = uri;
            respond(&shared, http::Request::from_parts(parts, body))
        }
        Err(_) => bare_page(400),
    };
    entry.end(CallStatus::Http(response.status().as_u16()));
    response
}

/// Responds to one request, forwarded or direct.
pub(crate) fn respond(shared: &Shared, request: http::Request<Bytes>) -> Response {
    let path = request.uri().path();
    if let Some(code) = path.strip_prefix("/status/") {
        let status = code.parse().unwrap_or(400);
        let mut response =
            json_response(status, &json!({ "provider": "emulator", "status": status }));
        if status == 429 {
            set_header(&mut response, "retry-after", "7");
        }
        return response;
    }
    if path == "/redirect" {
        let mut response = bare_page(302);
        set_header(&mut response, "location", ELSEWHERE);
        return response;
    }
    if path == "/echo" || path.starts_with("/echo/") {
        return echo(&request);
    }
    let Some(user) = user(shared, request.headers()) else {
        return json_response(
            401,
            &json!({ "error": { "code": 401, "status": "UNAUTHENTICATED",
                "message": "the provider does not know these credentials" } }),
        );
    };
    match (request.method(), path) {
        (&Method::GET, "/gmail/v1/users/me/profile") => json_response(
            200,
            &json!({ "emailAddress": user, "messagesTotal": 3, "threadsTotal": 2, "historyId": "1001" }),
        ),
        (&Method::GET, "/gmail/v1/users/me/messages") => {
            json_response(200, &builtin::messages(10, ""))
        }
        (&Method::POST, "/gmail/v1/users/me/messages" | "/gmail/v1/users/me/messages/send") => {
            json_response(
                200,
                &json!({ "id": "msg_9001", "threadId": "thr_9001", "labelIds": ["SENT"] }),
            )
        }
        _ => plain_error(404, Code::NotFound, "the provider has no such endpoint"),
    }
}

/// Returns the request as JSON, so that tests can check what the proxy forwards.
fn echo(request: &http::Request<Bytes>) -> Response {
    let mut headers = serde_json::Map::new();
    for name in request.headers().keys() {
        let values: Vec<Value> = request
            .headers()
            .get_all(name)
            .iter()
            .map(|value| json!(String::from_utf8_lossy(value.as_bytes())))
            .collect();
        let value = match values.as_slice() {
            [only] => only.clone(),
            _ => Value::Array(values),
        };
        headers.insert(name.as_str().to_owned(), value);
    }
    let body = request.body();
    let mut response = json_response(
        200,
        &json!({
            "method": request.method().as_str(),
            "path": request.uri().path(),
            "query": request.uri().query(),
            "headers": headers,
            "body": String::from_utf8_lossy(body),
            "json": serde_json::from_slice::<Value>(body).ok(),
        }),
    );
    set_header(&mut response, "x-provider", "emulator");
    response
}

/// The identifier of the account whose credentials the request carries.
fn user(shared: &Shared, headers: &HeaderMap) -> Option<String> {
    let given: Vec<&str> = headers
        .values()
        .filter_map(|value| value.to_str().ok())
        .map(|value| value.strip_prefix("Bearer ").unwrap_or(value))
        .collect();
    let state = shared.state();
    state
        .accounts
        .iter()
        .find(|account| {
            let Ok(connection) = state.connection_of(account) else {
                return false;
            };
            match &account.details {
                Some(Details::StaticAuth(auth)) => auth
                    .details
                    .as_ref()
                    .map(from_struct)
                    .and_then(|_| account.injection(connection))
                    .is_some_and(|injection| {
                        let value = &injection.value;
                        given.contains(&value.strip_prefix("Bearer ").unwrap_or(value))
                    }),
                Some(_) => account.injection(connection).is_some_and(|injection| {
                    given.contains(
                        &injection
                            .value
                            .strip_prefix("Bearer ")
                            .unwrap_or(&injection.value),
                    )
                }),
                None => false,
            }
        })
        .map(|account| account.identifier.clone())
}
