//! The response of a provider's API, read as a whole.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::super::content;
use super::prepared::Origin;
use crate::Error;
use crate::call::operations;
use crate::transport::HttpResponse;

/// The provider's response, with any status.
///
/// `Debug` shows the status and the length of the body.
#[derive(Clone)]
pub struct ProxyResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    origin: Origin,
}

impl ProxyResponse {
    pub(super) fn new(response: HttpResponse, origin: Origin) -> Self {
        Self {
            status: response.status,
            headers: response.headers,
            body: response.body,
            origin,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text, without its byte order mark.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it is compressed or not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        content::text(&self.headers, &self.body)
            .map_err(|reason| Error::decode(reason).with_call(operations::REQUEST.name))
    }

    /// Deserializes the body into your type, or into a `serde_json::Value`.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it is compressed, not UTF-8, or does not
    /// match the type. The error does not quote the body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(self.text()?).map_err(|error| {
            let wanted = std::any::type_name::<T>();
            let error = error.to_string();
            // What stands before is what was found instead, and quotes it.
            let reason = match error.rfind(", expected ") {
                Some(at) => &error[at + 2..],
                None => &error,
            };
            let message = format!(
                "the body (HTTP {}) is not JSON for {wanted}: {reason}",
                self.status
            );
            Error::decode(message).with_call("request")
        })
    }

    /// Returns the response if its status is below 400.
    ///
    /// # Errors
    /// An error with the [`http_status`](Error::http_status) for 4xx and 5xx.
    ///
    /// A provider's error has one of the kinds `ToolUnauthorized` (401), `ToolForbidden` (403),
    /// `ToolRateLimit` (429) and `Tool`. It does not contain the body; read that first. An error of
    /// Scalekit itself has another kind, with Scalekit's message and
    /// [`error_code`](Error::error_code): for example, the account does not exist or is not active,
    /// or the proxy is disabled.
    pub fn error_for_status(self) -> Result<Self, Error> {
        self.origin.check(self.status, &self.headers)?;
        Ok(self)
    }
}

impl fmt::Debug for ProxyResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyResponse")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
