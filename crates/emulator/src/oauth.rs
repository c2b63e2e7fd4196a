//! Serves the token endpoint (client credentials) and the key set.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use hyper::body::Incoming;
use serde_json::json;

use crate::call::{CallStatus, Protocol};
use crate::connection::ConnectionHandle;
use crate::faults::Site;
use crate::inject::{self, Encoding};
use crate::request::Received;
use crate::response::{Response, json_response, set_header};
use crate::shared::Shared;

pub(crate) async fn serve(
    shared: Arc<Shared>,
    connection: &ConnectionHandle,
    request: http::Request<Incoming>,
) -> Result<Response, h2::Error> {
    let received = Received::form(&shared.journal, Protocol::Oauth, request).await;
    let Received { parts, body, entry } = received;
    if parts.uri.path() == "/keys" {
        entry.end(CallStatus::Http(200));
        return Ok(json_response(200, &shared.tokens.key_set()));
    }
    shared.journal.count_token_request();
    let call = async { Ok(token(&shared, &parts, &body)) };
    let (result, fault) = inject::run(&shared, Site::Token, connection, call).await;
    let response = match result {
        Ok(Ok(token)) => {
            let lifetime = fault.token_lifetime();
            if let Some(at) = lifetime.and_then(|after| shared.clock.now().checked_add(after)) {
                shared.tokens.expire(&token, at);
            }
            token_response(&shared, &token)
        }
        Ok(Err(error)) => error.respond(),
        Err(status) => OauthError::new(
            status.code().http_status(),
            "server_error",
            status.message(),
        )
        .respond(),
    };
    entry.end(fault.journaled(CallStatus::Http(response.status().as_u16())));
    fault.apply(response, Encoding::Json, connection).await
}

/// An error response of the token endpoint (RFC 6749, section 5.2).
struct OauthError {
    status: u16,
    error: &'static str,
    description: String,
}

/// Issues a token for valid client credentials.
fn token(shared: &Shared, parts: &http::request::Parts, body: &[u8]) -> Result<String, OauthError> {
    if parts.method != Method::POST {
        return Err(OauthError::new(
            405,
            "invalid_request",
            "the token endpoint supports POST only",
        ));
    }
    let form: HashMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    if field("grant_type") != "client_credentials" {
        return Err(OauthError::new(
            400,
            "unsupported_grant_type",
            "the emulator supports the grant type client_credentials only",
        ));
    }
    let basic = basic_credentials(parts);
    let (id, secret) = basic.as_ref().map_or(
        (field("client_id"), field("client_secret")),
        |(id, secret)| (id.as_str(), secret.as_str()),
    );
    if id != shared.settings.client_id || secret != shared.settings.client_secret {
        return Err(OauthError::new(
            401,
            "invalid_client",
            "unknown client or wrong secret",
        ));
    }
    shared
        .tokens
        .issue(&shared.settings, &shared.clock)
        .ok_or_else(|| OauthError::new(500, "server_error", "the token could not be signed"))
}

fn token_response(shared: &Shared, token: &str) -> Response {
    let mut response = json_response(
        200,
        &json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": shared.settings.token_lifetime.as_secs(),
        }),
    );
    set_header(&mut response, "cache-control", "no-store");
    response
}

fn basic_credentials(parts: &http::request::Parts) -> Option<(String, String)> {
    let value = parts
        .headers
        .get(http::header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let decoded = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

impl OauthError {
    fn new(status: u16, error: &'static str, description: &str) -> Self {
        OauthError {
            status,
            error,
            description: description.to_owned(),
        }
    }

    fn respond(&self) -> Response {
        json_response(
            self.status,
            &json!({ "error": self.error, "error_description": self.description }),
        )
    }
}
