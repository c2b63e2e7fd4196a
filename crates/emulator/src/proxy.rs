//! `/proxy/…`: a request to a provider with the account's credentials put in.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::json;

use crate::answer::{Response, json_response, read};
use crate::faults::{Ending, Form, Site, around};
use crate::journal::{Body, CallStatus, Protocol};
use crate::line::Line;
use crate::provider;
use crate::rest;
use crate::rpc;
use crate::seed::AccountStatus;
use crate::shared::Shared;
use crate::state::{AccountRef, Injection};
use crate::status::{Code, Status, invalid, precondition};

/// Headers that are between the caller and the emulator, or belong to one connection only.
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

/// Where a request goes, and with what.
struct Target {
    url: Option<String>,
    injection: Option<Injection>,
}

pub(crate) async fn serve(
    shared: Arc<Shared>,
    line: &Line,
    request: http::Request<Incoming>,
) -> Result<Response, h2::Error> {
    let (parts, body) = request.into_parts();
    let path = parts
        .uri
        .path_and_query()
        .map_or("/", |path| path.as_str())
        .to_owned();
    let body = match read(body).await {
        Ok(body) => body,
        Err(status) => return Ok(rest::error(shared.schema, &status)),
    };
    let entered = shared.journal.begin(
        Protocol::Proxy,
        format!("{} {path}", parts.method),
        None,
        &parts.headers,
        Body::Raw(body.clone()),
    );
    let request_id = format!("req_{}", entered.seq());
    let (result, ending) = match rpc::authenticate(&shared, &parts.headers) {
        Ok(()) => {
            let call = async {
                let forwarded = forward(&shared, &parts, &path, body).await;
                Ok(forwarded.unwrap_or_else(|refusal| refusal.respond()))
            };
            around(&shared, Site::Proxy, line, call).await
        }
        Err(_) => (Ok(invalid_token().respond()), Ending::none()),
    };
    let response = match result {
        Ok(response) => response,
        Err(status) => rest::error(shared.schema, &status.with_default_request_id(&request_id)),
    };
    entered.end(ending.journaled(CallStatus::Http(response.status().as_u16())));
    ending.apply(response, Form::Json, line).await
}

/// The proxy's own errors: JSON with exactly the keys `detail` and `code`. The vendor's Java SDK and
/// its unreleased Python code tell them from a provider's by this form.
struct Refusal {
    status: u16,
    code: &'static str,
    detail: String,
}

impl Refusal {
    fn respond(&self) -> Response {
        let body = json!({ "detail": self.detail, "code": self.code });
        json_response(self.status, &body)
    }
}

/// Before anything is forwarded.
fn invalid_token() -> Refusal {
    Refusal {
        status: 401,
        code: "UNAUTHORIZED",
        detail: "invalid token".to_owned(),
    }
}

/// `UNAUTHORIZED`, `TOOL_PROXY_DISABLED` and `NOT_FOUND` are known; others have the name of what the
/// API would say.
impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Refusal {
            status: status.code().http_status(),
            code: status.code().name(),
            detail: status.message().to_owned(),
        }
    }
}

async fn forward(
    shared: &Arc<Shared>,
    parts: &http::request::Parts,
    path: &str,
    body: bytes::Bytes,
) -> Result<Response, Refusal> {
    let target = resolve(shared, &parts.headers)?;
    // Byte for byte: what follows `/proxy` is the provider's business.
    let rest = path.strip_prefix("/proxy").unwrap_or(path);
    let mut request = http::Request::new(body);
    *request.method_mut() = parts.method.clone();
    *request.headers_mut() = forwarded(&parts.headers, target.injection)?;
    match target.url {
        None => {
            *request.uri_mut() = rest
                .parse()
                .map_err(|error| invalid("path", format!("{error}")))?;
            Ok(provider::answer(shared, request))
        }
        Some(url) => {
            *request.uri_mut() = format!("{}{rest}", url.trim_end_matches('/'))
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

/// The account that the headers name, if it may be used.
fn resolve(shared: &Shared, headers: &HeaderMap) -> Result<Target, Refusal> {
    let connection_name = text(headers, "connection_name")?;
    let identifier = text(headers, "identifier")?;
    let now = shared.clock.now();
    let mut state = shared.state();
    let at = state.find_account(AccountRef::new(
        None,
        Some(&connection_name),
        Some(&identifier),
        None,
        None,
    ))?;
    let account = &state.accounts[at];
    let connection = state.connection_of(account)?;
    if !connection.spec.proxy_enabled {
        return Err(Refusal {
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
    let target = Target {
        url: connection.spec.proxy_url.clone(),
        injection: account.injection(connection),
    };
    state.accounts[at].last_used_at = Some(now);
    Ok(target)
}

/// A header as text. Identifiers are often not ASCII: UTF-8 is read as such.
fn text(headers: &HeaderMap, name: &str) -> Result<String, Status> {
    let value = headers
        .get(name)
        .ok_or_else(|| invalid(name, format!("the header {name} is required")))?;
    let value = match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        // Otherwise it is Latin-1, the encoding that HTTP libraries fall back to.
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
