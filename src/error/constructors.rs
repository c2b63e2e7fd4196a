//! How errors are made, and what is added to them later.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Author, Code, Details, Error, ErrorKind, Inner, Outcome, Secrets, ToolError};

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

    /// An invalid argument. The message is the name of the parameter, followed by `what`.
    pub(crate) fn invalid_input(parameter: &str, what: impl fmt::Display) -> Self {
        Self::new(
            ErrorKind::InvalidInput,
            Outcome::NotSent,
            format!("{parameter} {what}"),
        )
    }

    /// An invalid configuration.
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, Outcome::NotSent, message)
    }

    /// An error of the API, with its status code and details.
    pub(crate) fn status(code: Code, message: impl Into<String>, details: Details) -> Self {
        let (kind, outcome) = match details.tool_error {
            None => (ErrorKind::of_code(code), code.outcome()),
            // The provider rejected the user's credentials. With unreadable details, the tool may
            // have done something before.
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

    /// An error of the proxy, with an HTTP status and the proxy's own code.
    pub(crate) fn proxy(status: u16, error_code: String, message: String) -> Self {
        let kind = ErrorKind::of_http(status);
        let mut error = Self::new(kind, Outcome::of_http(status), message);
        let inner = error.inner_mut();
        inner.author = Author::Scalekit;
        inner.http_status = Some(status);
        inner.details.error_code = Some(error_code);
        error
    }

    /// A gateway in front of the service responded instead of it, with this HTTP status.
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

    /// A provider's response to a proxied request, with this HTTP status.
    pub(crate) fn provider(status: u16) -> Self {
        let mut error = Self::new(
            ErrorKind::of_provider(status),
            Outcome::of_http(status),
            "the provider responded with an error status",
        );
        error.inner_mut().http_status = Some(status);
        error
    }

    /// An error of the token endpoint. Secrets in `message` are already redacted.
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

    /// A response that cannot be decoded. The call has probably taken effect.
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

    /// Marks a response with which Scalekit itself rejected our token before any work. It is the only
    /// response after which a call that is not idempotent is sent again. Each transport decides this
    /// in one place.
    pub(crate) fn with_token_refused(mut self) -> Self {
        let inner = self.inner_mut();
        inner.token_refused = true;
        inner.outcome = Outcome::Rejected;
        self
    }

    /// Sets the HTTP status of the response. If the API does not use it with such a code, a gateway
    /// in front of the service wrote the response, which knows nothing of the API's resources or of
    /// our credentials.
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

    /// Sets whether the call is idempotent.
    pub(crate) fn with_repeatable(mut self, repeatable: bool) -> Self {
        self.inner_mut().repeatable = repeatable;
        self
    }

    /// Whether Scalekit itself rejected our token before any work.
    pub(crate) fn token_refused(&self) -> bool {
        self.0.token_refused
    }

    /// Redacts secrets of the request in everything that the server, or a gateway, wrote. Messages of
    /// this crate do not change.
    pub(crate) fn without(mut self, secrets: &Secrets) -> Self {
        let inner = self.inner_mut();
        if inner.author == Author::Scalekit {
            secrets.hide(&mut inner.message);
        }
        inner.details.for_each_text(|text| secrets.hide(text));
        // A source cannot be changed, only removed.
        let quoted = |source: &Arc<dyn std::error::Error + Send + Sync>| {
            secrets.are_in(&format!("{source:?}"))
        };
        if inner.source.as_ref().is_some_and(quoted) {
            inner.source = None;
        }
        self
    }
}
