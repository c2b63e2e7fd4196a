//! The error of a call: its kind, its outcome, and what the server reported.

mod constructors;
mod details;
mod display;
mod kind;
mod remedy;
mod scrub;

pub(crate) use self::details::Details;
pub use self::details::{FieldViolation, HelpLink, ToolError};
pub use self::kind::{Code, ErrorKind, Outcome};
pub use self::remedy::Remedy;
pub(crate) use self::scrub::Secrets;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// The error of a call or of a configuration.
///
/// [`kind`](Error::kind) tells what failed, [`outcome`](Error::outcome) whether the call may have
/// taken effect, [`remedy`](Error::remedy) what to do, and [`for_model`](Error::for_model) what to
/// tell a language model. `Display` names the call, the server's message, and the request or
/// execution id. It never contains a header, a body or a credential.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    call: Cow<'static, str>,
    message: String,
    /// The author of the message.
    author: Author,
    code: Option<Code>,
    http_status: Option<u16>,
    details: Details,
    attempts: u32,
    /// Scalekit itself rejected our token before any work: see [`Error::token_refused`].
    token_refused: bool,
    /// Whether the call is idempotent.
    repeatable: bool,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The author of a message: a message of a server can quote what we sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Author {
    Us,
    /// The API, the proxy or the token endpoint.
    Scalekit,
}

impl Error {
    fn inner_mut(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.0)
    }

    /// What failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the call may have taken effect.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The name of the call, such as `execute_tool`; empty for an error outside of a call.
    pub fn call(&self) -> &str {
        &self.0.call
    }

    /// The message of the server or of this crate. Secrets of the request are redacted in a
    /// server's message.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The gRPC status code of the server's response.
    pub fn code(&self) -> Option<Code> {
        self.0.code
    }

    /// The HTTP status of the response, or the one that corresponds to its gRPC code.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The server's own error code, such as `TOOL_ERROR` or `UNAUTHENTICATED`.
    pub fn error_code(&self) -> Option<&str> {
        self.0.details.error_code.as_deref()
    }

    /// The server's id of the request, for logs and support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.details.request_id.as_deref()
    }

    /// The fields that the server rejected.
    pub fn field_violations(&self) -> &[FieldViolation] {
        &self.0.details.field_violations
    }

    /// Links to help from the server.
    pub fn help_links(&self) -> &[HelpLink] {
        &self.0.details.help_links
    }

    /// The permissions that the call requires, if the server reports a missing one.
    pub fn required_permissions(&self) -> &[String] {
        &self.0.details.required_permissions
    }

    /// The provider's error for a tool execution; `None` for other errors, including a provider's
    /// response to a proxied request.
    pub fn tool_error(&self) -> Option<&ToolError> {
        self.0.details.tool_error.as_ref()
    }

    /// How long to wait before a retry, as requested by the server.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.details.retry_after
    }

    /// The number of attempts; 0 if there was none.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether an argument or the configuration is invalid. Nothing was sent.
    pub fn is_invalid_input(&self) -> bool {
        matches!(self.kind(), ErrorKind::InvalidInput | ErrorKind::Config)
    }

    /// Whether the server rejected the request as invalid.
    pub fn is_bad_request(&self) -> bool {
        self.kind() == ErrorKind::BadRequest
    }

    /// Whether Scalekit rejected our credentials. `false` if a provider rejected the user's: see
    /// [`is_tool_error`](Error::is_tool_error).
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }

    /// The permissions of our credentials are not sufficient.
    pub fn is_forbidden(&self) -> bool {
        self.kind() == ErrorKind::Forbidden
    }

    /// The resource does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// The resource already exists, or was changed concurrently.
    pub fn is_conflict(&self) -> bool {
        self.kind() == ErrorKind::Conflict
    }

    /// Whether there were too many requests to Scalekit, to a gateway in front of it, or to a
    /// provider.
    pub fn is_rate_limited(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::TooManyRequests | ErrorKind::ToolRateLimit
        ) || self.http_status() == Some(429)
    }

    /// The deadline was exceeded.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::GatewayTimeout
    }

    /// Whether there is no connection or the service is unavailable.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Connection | ErrorKind::ServiceUnavailable
        )
    }

    /// Whether the provider of a tool or of a proxied request failed, and not Scalekit.
    pub fn is_tool_error(&self) -> bool {
        self.kind().is_of_a_tool()
    }
}
