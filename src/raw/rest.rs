//! The REST side of the API, as progenitor generates it from `spec/openapi.json`; exempt from semver.
//!
//! For applications that want plain JSON types. Each request has the token and headers of the
//! facade. A deadline covers one request, and nothing is retried. The facade itself uses REST with
//! [`Transport::Rest`](crate::Transport::Rest), which does not need this module.
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

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{Class, Environment};
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
