//! What a failed call says: its kind, whether it may have happened, and what the server reported.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::model::open_enum;

/// A failed call, or something wrong with what it was given.
///
/// [`kind`](Error::kind) is for deciding, [`outcome`](Error::outcome) for knowing whether the call
/// may have taken effect, and `Display` for a person: it names the call, says what the server
/// reported, and gives the request or execution id to quote. It never contains a header, a body or
/// a credential.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    call: Cow<'static, str>,
    message: String,
    code: Option<Code>,
    http_status: Option<u16>,
    details: Details,
    attempts: u32,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What went wrong, in the classes that a program decides by.
///
/// The classes of the official SDKs are all here, under their names without `Scalekit` and
/// `Exception`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument is wrong; found before anything was sent.
    InvalidInput,
    /// The client is configured wrongly; found before anything was sent.
    Config,
    /// The server refused the request as malformed (HTTP 400).
    BadRequest,
    /// The server did not accept our credentials (HTTP 401).
    Unauthorized,
    /// Our credentials may not do this (HTTP 403).
    Forbidden,
    /// There is no such thing (HTTP 404).
    NotFound,
    /// It exists already, or was changed meanwhile (HTTP 409).
    Conflict,
    /// Too many requests; see [`Error::retry_after`] (HTTP 429).
    TooManyRequests,
    /// The server cancelled the call (HTTP 499).
    Cancelled,
    /// The server failed (HTTP 500).
    InternalServer,
    /// The server does not know this call (HTTP 501).
    NotImplemented,
    /// The server is not available at the moment (HTTP 503), or something in front of it is not
    /// (HTTP 502).
    ServiceUnavailable,
    /// The deadline passed, here or at the server (HTTP 504).
    GatewayTimeout,
    /// No connection to the server, or it broke.
    Connection,
    /// The server's answer could not be read.
    Decode,
    /// A tool failed at its provider for another reason than the three below.
    Tool,
    /// A tool's provider limits the rate of requests.
    ToolRateLimit,
    /// A tool's provider refused the user's credentials: the user has to authorize again.
    ToolUnauthorized,
    /// The user's authorization lacks a scope that the tool needs.
    ToolForbidden,
    /// Anything else.
    Unknown,
}

impl ErrorKind {
    fn of_code(code: Code) -> Self {
        match code {
            Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => Self::BadRequest,
            Code::Unauthenticated => Self::Unauthorized,
            Code::PermissionDenied => Self::Forbidden,
            Code::NotFound => Self::NotFound,
            Code::AlreadyExists | Code::Aborted => Self::Conflict,
            Code::ResourceExhausted => Self::TooManyRequests,
            Code::Cancelled => Self::Cancelled,
            Code::Internal | Code::DataLoss => Self::InternalServer,
            Code::Unimplemented => Self::NotImplemented,
            Code::Unavailable => Self::ServiceUnavailable,
            Code::DeadlineExceeded => Self::GatewayTimeout,
            _ => Self::Unknown,
        }
    }

    fn of_tool_code(code: Code) -> Self {
        match code {
            Code::ResourceExhausted => Self::ToolRateLimit,
            Code::Unauthenticated => Self::ToolUnauthorized,
            Code::PermissionDenied => Self::ToolForbidden,
            _ => Self::Tool,
        }
    }

    fn of_http(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 => Self::Conflict,
            429 => Self::TooManyRequests,
            499 => Self::Cancelled,
            501 => Self::NotImplemented,
            502 | 503 => Self::ServiceUnavailable,
            408 | 504 => Self::GatewayTimeout,
            400..=498 => Self::BadRequest,
            500..=599 => Self::InternalServer,
            _ => Self::Unknown,
        }
    }
}

/// Whether a failed call may have taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nothing of the call reached a server that would act on it. Safe to repeat.
    NotSent,
    /// The server answered and said no.
    Rejected,
    /// The call may have happened. Look before repeating it, unless repeating is harmless.
    Unknown,
}

open_enum! {
    /// A gRPC status code, as every answer of the API carries it.
    pub enum Code {
        /// Success.
        Ok = 0 => "OK",
        /// Cancelled, usually by the caller.
        Cancelled = 1 => "CANCELLED",
        /// An error that the server could not classify.
        Unknown = 2 => "UNKNOWN",
        /// An argument is invalid whatever the state of the system.
        InvalidArgument = 3 => "INVALID_ARGUMENT",
        /// The deadline passed first.
        DeadlineExceeded = 4 => "DEADLINE_EXCEEDED",
        /// There is no such thing.
        NotFound = 5 => "NOT_FOUND",
        /// It exists already.
        AlreadyExists = 6 => "ALREADY_EXISTS",
        /// The caller may not do this.
        PermissionDenied = 7 => "PERMISSION_DENIED",
        /// A quota or a rate limit is used up.
        ResourceExhausted = 8 => "RESOURCE_EXHAUSTED",
        /// The system is not in the state that this needs.
        FailedPrecondition = 9 => "FAILED_PRECONDITION",
        /// Aborted, usually for concurrency.
        Aborted = 10 => "ABORTED",
        /// Past the valid range.
        OutOfRange = 11 => "OUT_OF_RANGE",
        /// The server does not implement this.
        Unimplemented = 12 => "UNIMPLEMENTED",
        /// An invariant of the server is broken.
        Internal = 13 => "INTERNAL",
        /// Not available at the moment.
        Unavailable = 14 => "UNAVAILABLE",
        /// Data was lost.
        DataLoss = 15 => "DATA_LOSS",
        /// The caller's credentials are missing or not valid.
        Unauthenticated = 16 => "UNAUTHENTICATED",
    }
}

impl Code {
    /// The HTTP status that the REST side of the API gives for this code.
    fn http_status(self) -> u16 {
        match self {
            Code::Ok => 200,
            Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => 400,
            Code::Unauthenticated => 401,
            Code::PermissionDenied => 403,
            Code::NotFound => 404,
            Code::AlreadyExists | Code::Aborted => 409,
            Code::ResourceExhausted => 429,
            Code::Cancelled => 499,
            Code::Unimplemented => 501,
            Code::Unavailable => 503,
            Code::DeadlineExceeded => 504,
            _ => 500,
        }
    }

    /// Whether an answer with this code means that nothing was done.
    fn outcome(self) -> Outcome {
        match self {
            Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::ResourceExhausted
            | Code::FailedPrecondition
            | Code::OutOfRange
            | Code::Unimplemented
            | Code::Unauthenticated => Outcome::Rejected,
            _ => Outcome::Unknown,
        }
    }
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
}

impl Details {
    fn for_each_text(&mut self, mut change: impl FnMut(&mut String)) {
        let Self {
            error_code,
            request_id,
            field_violations,
            help_links,
            required_permissions,
            tool_error,
            retry_after: _,
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

/// What stands where a secret stood.
const HIDDEN: &str = "[redacted]";

impl Error {
    fn new(kind: ErrorKind, outcome: Outcome, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            outcome,
            call: Cow::Borrowed(""),
            message: message.into(),
            code: None,
            http_status: None,
            details: Details::default(),
            attempts: 0,
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

    /// The server answered with a gRPC status.
    pub(crate) fn status(code: Code, message: impl Into<String>, details: Details) -> Self {
        let (kind, outcome) = match details.tool_error {
            Some(_) => (ErrorKind::of_tool_code(code), code.outcome()),
            None => (ErrorKind::of_code(code), code.outcome()),
        };
        let mut error = Self::new(kind, outcome, message);
        let inner = error.inner_mut();
        inner.code = Some(code);
        inner.http_status = Some(code.http_status());
        inner.details = details;
        error
    }

    /// Something answered with an HTTP status that is not one of the API's own errors.
    pub(crate) fn http(status: u16, message: impl Into<String>) -> Self {
        // A gateway's 429 or 5xx says nothing about what happened behind it.
        let outcome = match status {
            408 | 429 | 499 => Outcome::Unknown,
            400..=498 => Outcome::Rejected,
            _ => Outcome::Unknown,
        };
        let mut error = Self::new(ErrorKind::of_http(status), outcome, message);
        error.inner_mut().http_status = Some(status);
        error
    }

    pub(crate) fn connection(outcome: Outcome, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Connection, outcome, message)
    }

    pub(crate) fn timeout(outcome: Outcome, after: Duration) -> Self {
        let message = format!("no answer within the deadline of {after:?}");
        Self::new(ErrorKind::GatewayTimeout, outcome, message)
    }

    /// The server answered, but not with what the API promises: the call has probably happened.
    pub(crate) fn decode(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Decode, Outcome::Unknown, message)
    }

    pub(crate) fn with_source(
        mut self,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        self.inner_mut().source = Some(Arc::new(source));
        self
    }

    pub(crate) fn with_call(mut self, call: impl Into<Cow<'static, str>>) -> Self {
        self.inner_mut().call = call.into();
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

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        if retry_after.is_some() {
            self.inner_mut().details.retry_after = retry_after;
        }
        self
    }

    /// Hides these texts wherever the server, or something on the way, has put them.
    pub(crate) fn without<'a>(mut self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
            let inner = self.inner_mut();
            let hide = |text: &mut String| {
                if text.contains(secret) {
                    *text = text.replace(secret, HIDDEN);
                }
            };
            hide(&mut inner.message);
            inner.details.for_each_text(hide);
            // A source cannot be changed, only left out.
            let quoted = |source: &Arc<dyn std::error::Error + Send + Sync>| {
                let shown = format!("{source:?}");
                shown.contains(secret) || shown.contains(&secret.escape_debug().to_string())
            };
            if inner.source.as_ref().is_some_and(quoted) {
                inner.source = None;
            }
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

    /// What the server said, or what is wrong locally.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The gRPC status code of the server's answer.
    pub fn code(&self) -> Option<Code> {
        self.0.code
    }

    /// The HTTP status of the answer, or the one that corresponds to its gRPC code.
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

    /// Why a tool failed at its provider; `None` when the failure is not a tool's own.
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

    /// The server did not accept our credentials. Not set for a tool's own error: see
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

    /// Too many requests, to Scalekit or to a tool's provider.
    pub fn is_rate_limited(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::TooManyRequests | ErrorKind::ToolRateLimit
        )
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

    /// The failure is a tool's own: its provider's, not Scalekit's.
    pub fn is_tool_error(&self) -> bool {
        self.0.details.tool_error.is_some()
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
            write!(f, "; {}: {}", violation.field, violation.description)?;
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
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
