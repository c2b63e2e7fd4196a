//! The REST side of the API, as progenitor generates it from `spec/openapi.json`; exempt from semver.
//!
//! For applications that want plain JSON types. Each request has the token and headers of the
//! facade. A deadline covers one request, and nothing is retried. The facade itself uses REST with
//! [`Transport::Rest`](crate::Transport::Rest), which does not need this module.
//!
//! If a server quotes a credential of the request in an error response, the credential is redacted.
//! [`Error::InvalidResponsePayload`] holds the body of a successful response as it is, which can
//! contain credentials: do not log it.
//!
//! ```no_run
//! # async fn run(client: scalekit::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let rest = client.raw().rest()?;
//! let response = rest.provider_service_list_providers(None, None, None, None, None, None, None).await?;
//! println!("{} providers", response.providers.len());
//! # Ok(())
//! # }
//! ```

use std::fmt;

use bytes::Bytes;
use progenitor_client::{ClientHooks, OperationInfo};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{Class, Environment};
use crate::error::Secrets;
use crate::{Client as Sdk, Error as SdkError};

#[allow(
    missing_docs,
    unused_qualifications,
    rustdoc::all,
    clippy::all,
    clippy::pedantic
)]
mod generated {
    #[cfg(not(feature = "_codegen"))]
    include!("../../generated/rest/mod.rs");
    #[cfg(feature = "_codegen")]
    include!(concat!(env!("OUT_DIR"), "/rest/mod.rs"));
}
pub use generated::*;

/// Provides the token and the headers of each request.
#[derive(Clone, Debug)]
pub struct Session(Sdk);

impl Session {
    async fn authorize(&self, request: &mut reqwest::Request) -> Result<(), SdkError> {
        let token = self.0.token().await?;
        self.0
            .connections()?
            .common_headers(request.headers_mut())?;
        let headers = request.headers_mut();
        headers.insert(::http::header::AUTHORIZATION, token.header);
        Ok(())
    }
}

/// Instead of the generated implementation, which is that of `&Client`.
impl ClientHooks<Session> for Client {
    async fn exec(
        &self,
        request: reqwest::Request,
        _: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        let secrets = secrets(&self.inner.0, &request);
        // The URL can have a credential in its query.
        let response = self.client.execute(request).await;
        let response = response.map_err(reqwest::Error::without_url)?;
        match response.status().is_success() {
            true => Ok(response),
            false => redacted(response, &secrets).await,
        }
    }
}

/// Our credentials, and those in a request: the texts under a name that is that of a credential in
/// any message.
fn secrets(client: &Sdk, request: &reqwest::Request) -> Secrets {
    let mut found = Vec::new();
    let header = request.headers().get(::http::header::AUTHORIZATION);
    let token = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    found.extend(token.map(str::to_owned));
    found.extend(
        client
            .client_secret()
            .map(|secret| secret.expose().to_owned()),
    );
    let body = request.body().and_then(reqwest::Body::as_bytes);
    if let Some(body) = body.and_then(|body| serde_json::from_slice::<Value>(body).ok()) {
        collect(&body, false, &mut found);
    }
    for (name, value) in request.url().query_pairs() {
        // `filter.link_token`
        if is_secret(name.rsplit('.').next().unwrap_or_default()) {
            found.push(value.into_owned());
        }
    }
    Secrets::new(found.iter().map(String::as_str))
}

fn is_secret(name: &str) -> bool {
    generated::REDACTED.binary_search(&name).is_ok()
}

/// The texts in a JSON value: all, or those under the name of a credential.
fn collect(json: &Value, all: bool, found: &mut Vec<String>) {
    match json {
        Value::String(text) if all => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, all, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                collect(value, all || is_secret(name), found);
            }
        }
        _ => {}
    }
}

/// An error response without what it quotes of the secrets, and without its URL.
async fn redacted(
    response: reqwest::Response,
    secrets: &Secrets,
) -> reqwest::Result<reqwest::Response> {
    let (status, mut headers) = (response.status(), response.headers().clone());
    let quotes =
        |value: &::http::HeaderValue| secrets.are_in(&String::from_utf8_lossy(value.as_bytes()));
    for value in headers.values_mut().filter(|value| quotes(value)) {
        *value = ::http::HeaderValue::from_static("[redacted]");
    }
    let body = response
        .bytes()
        .await
        .map_err(reqwest::Error::without_url)?;
    let text = String::from_utf8_lossy(&body);
    let body = match secrets.are_in(&text) {
        false => body,
        true => {
            let mut text = text.into_owned();
            secrets.hide(&mut text);
            // Its length has changed.
            headers.remove(::http::header::CONTENT_LENGTH);
            Bytes::from(text)
        }
    };
    let mut redacted = ::http::Response::new(body);
    *redacted.status_mut() = status;
    *redacted.headers_mut() = headers;
    Ok(redacted.into())
}

impl super::Raw {
    /// The REST client.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if TLS cannot be configured, for example
    /// without root certificates.
    pub fn rest(&self) -> Result<Client, SdkError> {
        let unusable = |error| SdkError::config(format!("no REST client: {error}"));
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(self.client.tls()?)
            .timeout(self.client.default_timeout(Class::Tool))
            // A redirect would send the body to another host.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy();
        #[cfg(feature = "proxy")]
        if let Some(proxy) = self.client.outbound_proxy() {
            let mut through = reqwest::Proxy::all(proxy.uri.to_string()).map_err(unusable)?;
            if let Some(authorization) = proxy.authorization() {
                through = through.custom_http_auth(authorization.clone());
            }
            http = http.proxy(through);
        }
        let http = http.build().map_err(unusable)?;
        let url = self.client.env_url().to_string();
        let session = Session(self.client.clone());
        Ok(Client::new_with_client(
            url.trim_end_matches('/'),
            http,
            session,
        ))
    }
}

/// Text that `Debug` does not show.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedactedText(pub String);

/// A JSON value that `Debug` does not show.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedactedJson(pub Value);

impl fmt::Debug for RedactedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl fmt::Debug for RedactedJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}
