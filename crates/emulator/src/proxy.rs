//! Serves `/proxy/…`: forwards a request to a provider with the account's credentials.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::json;

use crate::call::{CallStatus, Protocol};
use crate::code::Code;
use crate::connection::ConnectionHandle;
use crate::faults::Site;
use crate::inject::{self, Encoding, ResponseFault};
use crate::provider;
use crate::request::{Received, target};
use crate::response::{Response, json_response};
use crate::rest;
use crate::rpc;
use crate::seed::AccountStatus;
use crate::shared::Shared;
use crate::state::{AccountRef, Injection};
use crate::status::{Status, invalid, precondition};

/// Headers that are meant for the emulator or for one connection, and are not forwarded.
const NOT_FORWARDED: [&str; 14] = [
    "authorization",
    "connection",
    "connection_name",
    "content-length",
    "host",
    "identifier",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Where a request is forwarded to, and the credentials it carries.
struct Upstream {
    url: Option<String>,
    injection: Option<Injection>,
}

pub(crate) async fn serve(
    shared: Arc<Shared>,
    connection: &ConnectionHandle,
    request: http::Request<Incoming>,
) -> Result<Response, h2::Error> {
    let received = match Received::raw(&shared.journal, Protocol::Proxy, request).await {
        Ok(received) => received,
        Err(status) => return Ok(rest::error(shared.schema, &status)),
    };
    let Received { parts, body, entry } = received;
    let (result, fault) = match rpc::authenticate(&shared, &parts.headers) {
        Ok(()) => {
            let call = async {
                let forwarded = forward(&shared, &parts, body).await;
                Ok(forwarded.unwrap_or_else(|error| error.respond()))
            };
            inject::run(&shared, Site::Proxy, connection, call).await
        }
        Err(_) => (Ok(invalid_token().respond()), ResponseFault::none()),
    };
    let response = match result {
        Ok(response) => response,
        Err(status) => rest::error(
            shared.schema,
            &status.with_default_request_id(&entry.request_id()),
        ),
    };
    entry.end(fault.journaled(CallStatus::Http(response.status().as_u16())));
    fault.apply(response, Encoding::Json, connection).await
}

/// An error of the proxy itself: JSON with exactly the keys `detail` and `code`. The vendor's Java SDK
/// and its unreleased Python code distinguish it from a provider's error by this format.
struct ProxyError {
    status: u16,
    code: &'static str,
    detail: String,
}

impl ProxyError {
    fn respond(&self) -> Response {
        let body = json!({ "detail": self.detail, "code": self.code });
        json_response(self.status, &body)
    }
}

/// The response to a request without a valid token. It is not forwarded.
fn invalid_token() -> ProxyError {
    ProxyError {
        status: 401,
        code: "UNAUTHORIZED",
        detail: "invalid token".to_owned(),
    }
}

/// The codes `UNAUTHORIZED`, `TOOL_PROXY_DISABLED` and `NOT_FOUND` are known. The others are the names
/// of the gRPC codes that the API would return.
impl From<Status> for ProxyError {
    fn from(status: Status) -> Self {
        ProxyError {
            status: status.code().http_status(),
            code: status.code().name(),
            detail: status.message().to_owned(),
        }
    }
}

async fn forward(
    shared: &Arc<Shared>,
    parts: &http::request::Parts,
    body: bytes::Bytes,
) -> Result<Response, ProxyError> {
    let upstream = resolve(shared, &parts.headers)?;
    // Path and query are forwarded byte for byte.
    let path = target(&parts.uri);
    let path = path.strip_prefix("/proxy").unwrap_or(path);
    let mut request = http::Request::new(body);
    *request.method_mut() = parts.method.clone();
    *request.headers_mut() = forwarded(&parts.headers, upstream.injection)?;
    match upstream.url {
        None => {
            *request.uri_mut() = path
                .parse()
                .map_err(|error| invalid("path", format!("{error}")))?;
            Ok(provider::respond(shared, request))
        }
        Some(url) => {
            *request.uri_mut() = format!("{}{path}", url.trim_end_matches('/'))
                .parse()
                .map_err(|error| invalid("path", format!("{error}")))?;
            let response = shared.upstream.send(request).await.map_err(|error| {
                Status::new(
                    Code::Unavailable,
                    format!("the provider cannot be reached: {error}"),
                )
            })?;
            let mut response = response.map(|body| body.map_err(Into::into).boxed_unsync());
            for name in ["connection", "keep-alive", "transfer-encoding", "upgrade"] {
                response.headers_mut().remove(name);
            }
            Ok(response)
        }
    }
}

/// Finds the account that the headers name and checks that it may be used.
fn resolve(shared: &Shared, headers: &HeaderMap) -> Result<Upstream, ProxyError> {
    let connection_name = text(headers, "connection_name")?;
    let identifier = text(headers, "identifier")?;
    let now = shared.clock.now();
    let mut state = shared.state();
    let at = state.find_account(AccountRef::on_connection(&connection_name, &identifier))?;
    let account = &state.accounts[at];
    let connection = state.connection_of(account)?;
    if !connection.spec.proxy_enabled {
        return Err(ProxyError {
            status: 403,
            code: "TOOL_PROXY_DISABLED",
            detail: format!(
                "proxy not enabled for provider {}",
                connection.spec.provider
            ),
        });
    }
    if !connection.spec.enabled {
        let what = format!("connection \"{connection_name}\" is disabled");
        return Err(precondition(what).into());
    }
    if account.status != AccountStatus::Active {
        // The service's message names the state and says "not active".
        return Err(precondition(format!(
            "connected account {} of \"{identifier}\" on \"{connection_name}\" is not active \
             ({}): send the user to an authorization link",
            account.id,
            account.status.to_proto().as_str_name()
        ))
        .into());
    }
    let upstream = Upstream {
        url: connection.spec.proxy_url.clone(),
        injection: account.injection(connection),
    };
    state.accounts[at].last_used_at = Some(now);
    Ok(upstream)
}

/// A header as text. Identifiers are often not ASCII, so UTF-8 is accepted.
fn text(headers: &HeaderMap, name: &str) -> Result<String, Status> {
    let value = headers
        .get(name)
        .ok_or_else(|| invalid(name, format!("the header {name} is required")))?;
    let value = match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        // HTTP libraries fall back to Latin-1.
        Err(_) => value
            .as_bytes()
            .iter()
            .map(|byte| char::from(*byte))
            .collect(),
    };
    if value.is_empty() {
        return Err(invalid(name, format!("the header {name} is empty")));
    }
    Ok(value)
}

fn forwarded(headers: &HeaderMap, injection: Option<Injection>) -> Result<HeaderMap, Status> {
    let mut forwarded = HeaderMap::new();
    for (name, value) in headers {
        if !NOT_FORWARDED.contains(&name.as_str()) {
            forwarded.append(name, value.clone());
        }
    }
    if let Some(injection) = injection {
        let name = HeaderName::from_bytes(injection.header.as_bytes());
        let value = HeaderValue::from_str(&injection.value);
        let (Ok(name), Ok(mut value)) = (name, value) else {
            return Err(precondition(
                "the account's credentials cannot be sent in a header",
            ));
        };
        value.set_sensitive(true);
        forwarded.insert(name, value);
    }
    Ok(forwarded)
}
