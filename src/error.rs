//! The error of a call: its kind, its outcome, and what the server reported.

mod kind;
mod remedy;
mod scrub;

pub use self::kind::{Code, ErrorKind, Outcome};
pub use self::remedy::Remedy;
pub(crate) use self::scrub::Secrets;

use std::borrow::Cow;
use std::fmt;
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
    /// Scalekit itself refused our token, readably and before it did anything: see
    /// [`Error::token_refused`].
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

/// The provider's error for a tool execution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolError {
    /// The id of the execution, for support and logs.
    pub execution_id: String,
    /// The provider's own code, such as `RATE_LIMITED`; may be empty.
    pub code: String,
    /// The provider's message; may be empty.
    pub message: String,
}

impl ToolError {
    /// Creates the provider's error for an execution.
    pub fn new(
        execution_id: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            execution_id: execution_id.into(),
            code: code.into(),
            message: message.into(),
        }
    }
}

/// A field that the server rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// The path of the field in the API.
    pub field: String,
    /// What is wrong with the field.
    pub description: String,
    /// The violated rule, such as `string.max_len`; may be empty.
    pub constraint: String,
}

/// A link to help.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HelpLink {
    /// The description.
    pub description: String,
    /// The URL.
    pub url: String,
}

/// The details of a server's error: the decoded `scalekit.v1.errdetails.ErrorInfo`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    pub error_code: Option<String>,
    pub request_id: Option<String>,
    pub field_violations: Vec<FieldViolation>,
    pub help_links: Vec<HelpLink>,
    pub required_permissions: Vec<String>,
    pub tool_error: Option<ToolError>,
    pub retry_after: Option<Duration>,
    /// There were details that could not be decoded.
    pub unreadable: bool,
}

impl Details {
    /// Adds what another `ErrorInfo` of the same error says. Nothing that was known is lost by it:
    /// what one calls a tool's failure, another cannot make ours.
    pub fn merge(&mut self, other: Self) {
        fn fill(mine: &mut String, theirs: String) {
            if mine.is_empty() {
                *mine = theirs;
            }
        }
        match (&mut self.tool_error, other.tool_error) {
            (None, Some(theirs)) => {
                self.tool_error = Some(theirs);
                self.error_code = other.error_code;
            }
            (Some(mine), Some(theirs)) => {
                fill(&mut mine.execution_id, theirs.execution_id);
                fill(&mut mine.code, theirs.code);
                fill(&mut mine.message, theirs.message);
            }
            (None, None) => self.error_code = self.error_code.take().or(other.error_code),
            (Some(_), None) => {}
        }
        self.request_id = self.request_id.take().or(other.request_id);
        self.retry_after = self.retry_after.or(other.retry_after);
        self.unreadable |= other.unreadable;
        for violation in other.field_violations {
            if !self.field_violations.contains(&violation) {
                self.field_violations.push(violation);
            }
        }
        for link in other.help_links {
            if !self.help_links.contains(&link) {
                self.help_links.push(link);
            }
        }
        for permission in other.required_permissions {
            if !self.required_permissions.contains(&permission) {
                self.required_permissions.push(permission);
            }
        }
    }

    fn for_each_text(&mut self, mut change: impl FnMut(&mut String)) {
        let Self {
            error_code,
            request_id,
            field_violations,
            help_links,
            required_permissions,
            tool_error,
            retry_after: _,
            unreadable: _,
        } = self;
        error_code.iter_mut().for_each(&mut change);
        request_id.iter_mut().for_each(&mut change);
        required_permissions.iter_mut().for_each(&mut change);
        for violation in field_violations {
            change(&mut violation.field);
            change(&mut violation.description);
            change(&mut violation.constraint);
        }
        for link in help_links {
            change(&mut link.description);
            change(&mut link.url);
        }
        if let Some(tool) = tool_error {
            change(&mut tool.execution_id);
            change(&mut tool.code);
            change(&mut tool.message);
        }
    }
}

impl Error {
    /// Creates an error, for tests and for code that wraps this crate.
    ///
    /// ```
    /// use scalekit::{Error, ErrorKind, Outcome};
    ///
    /// let error = Error::new(ErrorKind::NotFound, Outcome::Rejected, "no such account");
    /// assert!(error.is_not_found());
    /// ```
    pub fn new(kind: ErrorKind, outcome: Outcome, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            outcome,
            call: Cow::Borrowed(""),
            message: message.into(),
            author: Author::Us,
            code: None,
            http_status: None,
            details: Details::default(),
            attempts: 0,
            token_refused: false,
            repeatable: false,
            source: None,
        }))
    }

    /// An argument is wrong: `what` says how, starting with the name of the parameter.
    pub(crate) fn invalid_input(parameter: &str, what: impl fmt::Display) -> Self {
        Self::new(
            ErrorKind::InvalidInput,
            Outcome::NotSent,
            format!("{parameter} {what}"),
        )
    }

    /// The client cannot be built or used as configured.
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, Outcome::NotSent, message)
    }

    /// The API said what went wrong, in its own form.
    pub(crate) fn status(code: Code, message: impl Into<String>, details: Details) -> Self {
        let (kind, outcome) = match details.tool_error {
            None => (ErrorKind::of_code(code), code.outcome()),
            // That the provider refused the user's credentials is an outcome only if all of it
            // could be read: what could not may say that something was done before.
            Some(_) if code == Code::Unauthenticated && !details.unreadable => {
                (ErrorKind::of_tool_code(code), Outcome::Rejected)
            }
            Some(_) => (ErrorKind::of_tool_code(code), code.outcome()),
        };
        let mut error = Self::new(kind, outcome, message);
        let inner = error.inner_mut();
        inner.author = Author::Scalekit;
        inner.code = Some(code);
        inner.http_status = Some(code.http_status());
        inner.details = details;
        error
    }

    /// The proxy said what went wrong, in its own form: a status and a code of its own.
    pub(crate) fn proxy(status: u16, error_code: String, message: String) -> Self {
        let kind = ErrorKind::of_http(status);
        let mut error = Self::new(kind, Outcome::of_http(status), message);
        let inner = error.inner_mut();
        inner.author = Author::Scalekit;
        inner.http_status = Some(status);
        inner.details.error_code = Some(error_code);
        error
    }

    /// Something in front of the service responded instead of it, with this HTTP status.
    pub(crate) fn http(status: u16) -> Self {
        let message = "something in front of the service responded instead of it";
        let mut error = Self::new(
            ErrorKind::in_front(status),
            Outcome::of_http(status),
            message,
        );
        error.inner_mut().http_status = Some(status);
        error
    }

    /// A provider responded to a proxied request with this HTTP status.
    pub(crate) fn provider(status: u16) -> Self {
        let mut error = Self::new(
            ErrorKind::of_provider(status),
            Outcome::of_http(status),
            "the provider responded with an error status",
        );
        error.inner_mut().http_status = Some(status);
        error
    }

    /// The token endpoint gave no token. `message` has been scrubbed.
    pub(crate) fn no_token(kind: ErrorKind, status: u16, message: impl Into<String>) -> Self {
        let mut error = Self::new(kind, Outcome::NotSent, message);
        error.inner_mut().http_status = Some(status);
        error
    }

    pub(crate) fn connection(outcome: Outcome, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Connection, outcome, message)
    }

    pub(crate) fn timeout(outcome: Outcome, after: Duration) -> Self {
        let message = format!("no response within the deadline of {after:?}");
        Self::new(ErrorKind::GatewayTimeout, outcome, message)
    }

    /// The response is not what the API promises: the call has probably happened.
    pub(crate) fn decode(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Decode, Outcome::Unknown, message)
    }

    /// Sets the [`source`](std::error::Error::source).
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.inner_mut().source = Some(Arc::new(source));
        self
    }

    pub(crate) fn with_call(mut self, call: impl Into<Cow<'static, str>>) -> Self {
        self.inner_mut().call = call.into();
        self
    }

    /// Sets the [`tool_error`](Self::tool_error).
    pub fn with_tool_error(mut self, tool_error: ToolError) -> Self {
        self.inner_mut().details.tool_error = Some(tool_error);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.inner_mut().attempts = attempts;
        self
    }

    pub(crate) fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.inner_mut().outcome = outcome;
        self
    }

    /// Sets [`retry_after`](Self::retry_after).
    pub fn with_retry_after(mut self, retry_after: impl Into<Option<Duration>>) -> Self {
        let retry_after = retry_after.into();
        if retry_after.is_some() {
            self.inner_mut().details.retry_after = retry_after;
        }
        self
    }

    /// States that the whole response is Scalekit's own, readable refusal of our token, made before
    /// any work: the one thing for which a call that is not idempotent is sent again. Each transport
    /// says so in one place.
    pub(crate) fn with_token_refused(mut self) -> Self {
        let inner = self.inner_mut();
        inner.token_refused = true;
        inner.outcome = Outcome::Rejected;
        self
    }

    /// States the HTTP status of the response. When it is not one that the API gives with such a
    /// code, something in front of the service wrote it, and what it says of the API's resources or
    /// of our credentials is not the API's.
    pub(crate) fn with_http_status(mut self, status: u16, is_of_the_api: bool) -> Self {
        let inner = self.inner_mut();
        inner.http_status = Some(status);
        if !is_of_the_api {
            inner.outcome = inner.outcome.or(Outcome::of_http(status));
            if inner.kind.is_of_the_api() {
                inner.kind = ErrorKind::in_front(status);
            }
        }
        self
    }

    /// States whether making the call twice is the same as making it once.
    pub(crate) fn with_repeatable(mut self, repeatable: bool) -> Self {
        self.inner_mut().repeatable = repeatable;
        self
    }

    /// Whether this is Scalekit's own refusal of our token, made before any work.
    pub(crate) fn token_refused(&self) -> bool {
        self.0.token_refused
    }

    /// Hides what we sent wherever the server, or something on the way, has quoted it. Our own
    /// sentences stay as they are.
    pub(crate) fn without(mut self, secrets: &Secrets) -> Self {
        let inner = self.inner_mut();
        if inner.author == Author::Scalekit {
            secrets.hide(&mut inner.message);
        }
        inner.details.for_each_text(|text| secrets.hide(text));
        // A source cannot be changed, only left out.
        let quoted = |source: &Arc<dyn std::error::Error + Send + Sync>| {
            secrets.are_in(&format!("{source:?}"))
        };
        if inner.source.as_ref().is_some_and(quoted) {
            inner.source = None;
        }
        self
    }

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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if !inner.call.is_empty() {
            write!(f, "{}: ", inner.call)?;
        }
        f.write_str(&inner.message)?;
        let mut facts = Vec::new();
        match (inner.code, inner.http_status) {
            (Some(code), _) => facts.push(code.to_string()),
            (None, Some(status)) => facts.push(format!("HTTP {status}")),
            (None, None) => {}
        }
        let details = &inner.details;
        if let Some(tool) = &details.tool_error {
            // The status message of a tool's error is often the provider's message itself.
            if !tool.message.is_empty() && tool.message != inner.message {
                write!(f, ": {}", tool.message)?;
            }
            if !tool.code.is_empty() {
                facts.push(format!("provider code {}", tool.code));
            }
            if !tool.execution_id.is_empty() {
                facts.push(format!("execution {}", tool.execution_id));
            }
        }
        for violation in &details.field_violations {
            write_violation(f, &inner.message, violation)?;
        }
        if let Some(id) = &details.request_id {
            facts.push(format!("request {id}"));
        }
        if let Some(wait) = details.retry_after {
            facts.push(format!("retry after {wait:?}"));
        }
        if inner.attempts > 1 {
            facts.push(format!("{} attempts", inner.attempts));
        }
        if !facts.is_empty() {
            write!(f, " ({})", facts.join(", "))?;
        }
        Ok(())
    }
}

/// Adds to a message what it does not say already: the API's messages often list the violations.
fn write_violation(
    f: &mut fmt::Formatter<'_>,
    message: &str,
    violation: &FieldViolation,
) -> fmt::Result {
    let FieldViolation {
        field, description, ..
    } = violation;
    match (message.contains(field), message.contains(description)) {
        (true, true) => Ok(()),
        (false, true) => write!(f, "; {field}"),
        _ => write!(f, "; {field}: {description}"),
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("outcome", &inner.outcome)
            .field("call", &inner.call)
            .field("message", &inner.message)
            .field("code", &inner.code)
            .field("http_status", &inner.http_status)
            .field("details", &inner.details)
            .field("attempts", &inner.attempts)
            .field("token_refused", &inner.token_refused)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
