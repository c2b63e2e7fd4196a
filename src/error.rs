//! What a failed call says: its kind, whether it may have happened, and what the server reported.

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

/// A failed call, or something wrong with what it was given.
///
/// [`kind`](Error::kind) is for deciding, [`outcome`](Error::outcome) for knowing whether the call
/// may have taken effect, [`remedy`](Error::remedy) for what to do about it,
/// [`for_model`](Error::for_model) for a language model, and `Display` for a person: it names the
/// call, says what the server reported, and gives the request or execution id to quote. It never
/// contains a header, a body or a credential.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    call: Cow<'static, str>,
    message: String,
    /// Who wrote the message.
    author: Author,
    code: Option<Code>,
    http_status: Option<u16>,
    details: Details,
    attempts: u32,
    /// Scalekit itself refused our token, readably and before it did anything: see
    /// [`Error::token_refused`].
    token_refused: bool,
    /// Whether making the call twice is the same as making it once.
    repeatable: bool,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// Whose words a message is: what a server says can quote what we sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Author {
    Us,
    /// The API, the proxy or the token endpoint.
    Scalekit,
}

/// Why a tool failed at its provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolError {
    /// The id of the execution, for support and logs.
    pub execution_id: String,
    /// The provider's own code, such as `RATE_LIMITED`; may be empty.
    pub code: String,
    /// What the provider said; may be empty.
    pub message: String,
}

impl ToolError {
    /// What a provider said of a failed execution.
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

/// A field that the server refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// The path of the field, as the API names it.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
    /// The rule that it breaks, such as `string.max_len`; may be empty.
    pub constraint: String,
}

/// A page that the server points to for help.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HelpLink {
    /// What is found there.
    pub description: String,
    /// Where it is.
    pub url: String,
}

/// What the server attached to an error: `scalekit.v1.errdetails.ErrorInfo`, decoded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    pub error_code: Option<String>,
    pub request_id: Option<String>,
    pub field_violations: Vec<FieldViolation>,
    pub help_links: Vec<HelpLink>,
    pub required_permissions: Vec<String>,
    pub tool_error: Option<ToolError>,
    pub retry_after: Option<Duration>,
    /// There was more, which could not be read: it may have been of any kind.
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
    /// An error of this kind, for tests of an application and for code that wraps this crate.
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

    /// Sets what caused it: [`source`](std::error::Error::source).
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.inner_mut().source = Some(Arc::new(source));
        self
    }

    pub(crate) fn with_call(mut self, call: impl Into<Cow<'static, str>>) -> Self {
        self.inner_mut().call = call.into();
        self
    }

    /// Sets what the provider said of a tool that failed: [`tool_error`](Self::tool_error).
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

    /// Sets how long to wait before another call: [`retry_after`](Self::retry_after).
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

    /// The class of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the call may have taken effect.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The name of the call, such as `execute_tool`; empty when the error is not of a call.
    pub fn call(&self) -> &str {
        &self.0.call
    }

    /// What the server said, or what is wrong locally. A server's text may hold anything but what we
    /// sent as a secret.
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

    /// The server's id of the request, for support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.details.request_id.as_deref()
    }

    /// The fields that the server refused.
    pub fn field_violations(&self) -> &[FieldViolation] {
        &self.0.details.field_violations
    }

    /// Pages that the server points to.
    pub fn help_links(&self) -> &[HelpLink] {
        &self.0.details.help_links
    }

    /// The permissions that the call needs, when the server says that one is missing.
    pub fn required_permissions(&self) -> &[String] {
        &self.0.details.required_permissions
    }

    /// Why a tool failed at its provider; `None` when the failure is not a tool's own, or is the
    /// response of a provider to a proxied request.
    pub fn tool_error(&self) -> Option<&ToolError> {
        self.0.details.tool_error.as_ref()
    }

    /// How long the server asks to wait before another try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.details.retry_after
    }

    /// How many times the call was tried; 0 when nothing was tried.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// An argument or the configuration is wrong; nothing was sent.
    pub fn is_invalid_input(&self) -> bool {
        matches!(self.kind(), ErrorKind::InvalidInput | ErrorKind::Config)
    }

    /// The server refused the request as malformed.
    pub fn is_bad_request(&self) -> bool {
        self.kind() == ErrorKind::BadRequest
    }

    /// Scalekit did not accept our credentials. Not set for a provider's refusal: see
    /// [`is_tool_error`](Error::is_tool_error).
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }

    /// Our credentials may not do this.
    pub fn is_forbidden(&self) -> bool {
        self.kind() == ErrorKind::Forbidden
    }

    /// There is no such thing.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// It exists already, or was changed meanwhile.
    pub fn is_conflict(&self) -> bool {
        self.kind() == ErrorKind::Conflict
    }

    /// Too many requests, to Scalekit, to something in front of it, or to a tool's provider.
    pub fn is_rate_limited(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::TooManyRequests | ErrorKind::ToolRateLimit
        ) || self.http_status() == Some(429)
    }

    /// The deadline passed.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::GatewayTimeout
    }

    /// No connection, or the service is not available.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Connection | ErrorKind::ServiceUnavailable
        )
    }

    /// The failure is the provider's, not Scalekit's: of a tool, or of a proxied request.
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
