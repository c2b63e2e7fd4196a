//! The token endpoint and the key set: client credentials in, a signed token out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Method;
use hyper::body::Incoming;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use serde_json::{Value, json};

use crate::answer::{Response, header, json_response, read};
use crate::error::{Error, ErrorKind};
use crate::faults::{Form, Site, around};
use crate::ids;
use crate::journal::{Body, CallStatus, Protocol};
use crate::line::Line;
use crate::shared::Shared;

/// A key that signs nothing but this emulator's tokens. It is public, like everything here.
const SIGNING_KEY: &[u8] = include_bytes!("../assets/signing-key.der");
const KEY_ID: &str = "emulator";

/// The tokens that were issued and not revoked, with when they expire.
pub(crate) struct Tokens {
    key: KeyPair,
    issued: Mutex<HashMap<String, SystemTime>>,
}

impl Tokens {
    pub(crate) fn new() -> Result<Self, Error> {
        let key = KeyPair::from_der(SIGNING_KEY)
            .map_err(|error| Error::with(ErrorKind::Tls, "the signing key", error.to_string()))?;
        Ok(Tokens {
            key,
            issued: Mutex::default(),
        })
    }

    /// A token that is valid from now on.
    fn issue(&self, shared: &Shared) -> Option<String> {
        let now = shared.clock.unix();
        let expires = now + shared.settings.token_lifetime.as_secs();
        let claims = json!({
            "iss": shared.settings.env_url,
            "aud": [shared.settings.env_url],
            "sub": shared.settings.client_id,
            "client_id": shared.settings.client_id,
            "iat": now,
            "nbf": now,
            "exp": expires,
            "jti": ids::random(12),
        });
        let token = self.sign(&claims)?;
        let now = shared.clock.now();
        let mut issued = self.issued();
        issued.retain(|_, expires| *expires > now);
        issued.insert(token.clone(), UNIX_EPOCH + Duration::from_secs(expires));
        Some(token)
    }

    fn issued(&self) -> MutexGuard<'_, HashMap<String, SystemTime>> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a token that was issued expire at another time than it says.
    fn expire(&self, token: &str, at: SystemTime) {
        if let Some(expires) = self.issued().get_mut(token) {
            *expires = at;
        }
    }

    /// A signed token with these claims.
    pub(crate) fn sign(&self, claims: &Value) -> Option<String> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": KEY_ID });
        let content = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                content.as_bytes(),
                &mut signature,
            )
            .ok()?;
        Some(format!("{content}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    pub(crate) fn is_valid(&self, token: &str, now: SystemTime) -> bool {
        self.issued()
            .get(token)
            .is_some_and(|expires| *expires > now)
    }

    pub(crate) fn revoke_all(&self) {
        self.issued().clear();
    }

    fn key_set(&self) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.key.public_key());
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "keys": [{
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": KEY_ID,
            "n": number(&public.n),
            "e": number(&public.e),
        }] })
    }
}

pub(crate) async fn serve(
    shared: Arc<Shared>,
    line: &Line,
    request: http::Request<Incoming>,
) -> Result<Response, h2::Error> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let body = read(body).await.unwrap_or_default();
    let entered = shared.journal.begin(
        Protocol::Oauth,
        format!("{} {path}", parts.method),
        None,
        &parts.headers,
        if body.is_empty() {
            Body::None
        } else {
            Body::Form(body.clone())
        },
    );
    if path == "/keys" {
        entered.end(CallStatus::Http(200));
        return Ok(json_response(200, &shared.tokens.key_set()));
    }
    shared.journal.count_token_request();
    let call = async { Ok(token(&shared, &parts, &body)) };
    let (result, ending) = around(&shared, Site::Token, line, call).await;
    let response = match result {
        Ok(Ok(token)) => {
            let lifetime = ending.token_lifetime();
            if let Some(at) = lifetime.and_then(|after| shared.clock.now().checked_add(after)) {
                shared.tokens.expire(&token, at);
            }
            granted(&shared, &token)
        }
        Ok(Err(refusal)) => refusal.respond(),
        Err(status) => refuse(
            status.code().http_status(),
            "server_error",
            status.message(),
        )
        .respond(),
    };
    entered.end(ending.journaled(CallStatus::Http(response.status().as_u16())));
    ending.apply(response, Form::Json, line).await
}

/// Why there is no token, in the words of RFC 6749.
struct Refusal {
    status: u16,
    error: &'static str,
    description: String,
}

/// A new token, or why there is none.
fn token(shared: &Shared, parts: &http::request::Parts, body: &[u8]) -> Result<String, Refusal> {
    if parts.method != Method::POST {
        return Err(refuse(
            405,
            "invalid_request",
            "the token endpoint takes POST",
        ));
    }
    let form: HashMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    if field("grant_type") != "client_credentials" {
        return Err(refuse(
            400,
            "unsupported_grant_type",
            "the emulator knows the grant type client_credentials",
        ));
    }
    let basic = basic_credentials(parts);
    let (id, secret) = basic.as_ref().map_or(
        (field("client_id"), field("client_secret")),
        |(id, secret)| (id.as_str(), secret.as_str()),
    );
    if id != shared.settings.client_id || secret != shared.settings.client_secret {
        return Err(refuse(
            401,
            "invalid_client",
            "unknown client or wrong secret",
        ));
    }
    shared
        .tokens
        .issue(shared)
        .ok_or_else(|| refuse(500, "server_error", "the token could not be signed"))
}

fn granted(shared: &Shared, token: &str) -> Response {
    let mut response = json_response(
        200,
        &json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": shared.settings.token_lifetime.as_secs(),
        }),
    );
    header(&mut response, "cache-control", "no-store");
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

fn refuse(status: u16, error: &'static str, description: &str) -> Refusal {
    Refusal {
        status,
        error,
        description: description.to_owned(),
    }
}

impl Refusal {
    fn respond(&self) -> Response {
        json_response(
            self.status,
            &json!({ "error": self.error, "error_description": self.description }),
        )
    }
}
