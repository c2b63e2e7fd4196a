//! Error kinds, outcomes and gRPC codes, and their relations.

use crate::model::open_enum;

/// The kind of an error.
///
/// The names are those of the exceptions of the official SDKs, without `Scalekit` and `Exception`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument is invalid. Nothing was sent.
    InvalidInput,
    /// The configuration of the client is invalid. Nothing was sent.
    Config,
    /// The API rejected the request as invalid (HTTP 400).
    BadRequest,
    /// Scalekit rejected our credentials (HTTP 401).
    Unauthorized,
    /// The permissions of our credentials are not sufficient (HTTP 403).
    Forbidden,
    /// The resource does not exist (HTTP 404).
    NotFound,
    /// The resource already exists, or was changed concurrently (HTTP 409).
    Conflict,
    /// Too many requests to the API; see [`Error::retry_after`](crate::Error::retry_after)
    /// (HTTP 429).
    TooManyRequests,
    /// The API cancelled the call (HTTP 499).
    Cancelled,
    /// The API failed (HTTP 500), or a gateway in front of it rejected the request or failed.
    InternalServer,
    /// The API does not implement the call (HTTP 501), or a gateway in front of it does not know
    /// it.
    NotImplemented,
    /// The API is unavailable (HTTP 503), or a gateway in front of it is unavailable or timed out
    /// (HTTP 408, 429, 502, 504, 520 to 530).
    ServiceUnavailable,
    /// The deadline was exceeded, in this crate or at the API (HTTP 504).
    GatewayTimeout,
    /// The connection failed or broke.
    Connection,
    /// The response could not be decoded.
    Decode,
    /// The provider of a tool or of a proxied request failed, for another reason than those below.
    Tool,
    /// The provider's rate limit was exceeded.
    ToolRateLimit,
    /// The provider rejected the user's credentials. The user must authorize again.
    ToolUnauthorized,
    /// The user's authorization lacks a scope that the tool or the request requires.
    ToolForbidden,
    /// Any other error.
    Unknown,
}

impl ErrorKind {
    pub(super) fn of_code(code: Code) -> Self {
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

    pub(super) fn of_tool_code(code: Code) -> Self {
        match code {
            Code::ResourceExhausted => Self::ToolRateLimit,
            Code::Unauthenticated => Self::ToolUnauthorized,
            Code::PermissionDenied => Self::ToolForbidden,
            _ => Self::Tool,
        }
    }

    /// The kind of an HTTP status in one of Scalekit's own responses.
    pub(super) fn of_http(status: u16) -> Self {
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

    /// The kind of an HTTP status that something in front of the service set. It knows nothing of
    /// accounts, permissions or credentials, so that none of those kinds fits. 520 to 530 are the
    /// statuses of a content delivery network that does not reach the service.
    pub(super) fn in_front(status: u16) -> Self {
        match status {
            404 | 405 | 501 => Self::NotImplemented,
            408 | 429 | 502..=504 | 520..=530 => Self::ServiceUnavailable,
            _ => Self::InternalServer,
        }
    }

    /// The kind of a provider's HTTP status.
    pub(super) fn of_provider(status: u16) -> Self {
        match status {
            401 => Self::ToolUnauthorized,
            403 => Self::ToolForbidden,
            429 => Self::ToolRateLimit,
            _ => Self::Tool,
        }
    }

    /// Whether only Scalekit itself can say this: it is about its resources or our credentials.
    pub(super) fn is_of_the_api(self) -> bool {
        matches!(
            self,
            Self::BadRequest
                | Self::Unauthorized
                | Self::Forbidden
                | Self::NotFound
                | Self::Conflict
                | Self::TooManyRequests
        )
    }

    pub(super) fn is_of_a_tool(self) -> bool {
        matches!(
            self,
            Self::Tool | Self::ToolRateLimit | Self::ToolUnauthorized | Self::ToolForbidden
        )
    }
}

/// Whether a failed call may have taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The request did not reach a server that would act on it. A retry is safe.
    NotSent,
    /// The server rejected the call.
    Rejected,
    /// The call may have taken effect. Check before you repeat it, unless it is idempotent.
    Unknown,
}

impl Outcome {
    /// The outcome of an HTTP status that is not part of an error of the API itself. A 401 can come
    /// from any gateway; 408 and 499 mean that one stopped waiting; a 429 or 5xx of a gateway does not
    /// tell what happened behind it.
    pub(super) fn of_http(status: u16) -> Self {
        match status {
            401 | 408 | 429 | 499 => Self::Unknown,
            400..=498 => Self::Rejected,
            _ => Self::Unknown,
        }
    }

    /// The more cautious of two outcomes.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            _ => other,
        }
    }
}

open_enum! {
    /// A gRPC status code.
    pub enum Code {
        /// Success.
        Ok = 0 => "OK",
        /// Cancelled, usually by the caller.
        Cancelled = 1 => "CANCELLED",
        /// An unknown error.
        Unknown = 2 => "UNKNOWN",
        /// An argument is invalid.
        InvalidArgument = 3 => "INVALID_ARGUMENT",
        /// The deadline was exceeded.
        DeadlineExceeded = 4 => "DEADLINE_EXCEEDED",
        /// The resource does not exist.
        NotFound = 5 => "NOT_FOUND",
        /// The resource already exists.
        AlreadyExists = 6 => "ALREADY_EXISTS",
        /// The caller lacks the permission.
        PermissionDenied = 7 => "PERMISSION_DENIED",
        /// A quota or a rate limit was exceeded.
        ResourceExhausted = 8 => "RESOURCE_EXHAUSTED",
        /// The system is not in the required state.
        FailedPrecondition = 9 => "FAILED_PRECONDITION",
        /// Aborted, usually because of a concurrent change.
        Aborted = 10 => "ABORTED",
        /// Outside the valid range.
        OutOfRange = 11 => "OUT_OF_RANGE",
        /// The server does not implement the call.
        Unimplemented = 12 => "UNIMPLEMENTED",
        /// An internal error of the server.
        Internal = 13 => "INTERNAL",
        /// The service is unavailable.
        Unavailable = 14 => "UNAVAILABLE",
        /// Data was lost.
        DataLoss = 15 => "DATA_LOSS",
        /// The caller's credentials are missing or invalid.
        Unauthenticated = 16 => "UNAUTHENTICATED",
    }
}

impl Code {
    /// The HTTP status that the REST side of the API gives for this code.
    pub(super) fn http_status(self) -> u16 {
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

    /// Whether a status with this code means that the call had no effect.
    ///
    /// UNAUTHENTICATED alone does not: whether Scalekit rejected our token before any work depends on
    /// the whole response, see [`Error::token_refused`](crate::Error::token_refused).
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::ResourceExhausted
            | Code::FailedPrecondition
            | Code::OutOfRange
            | Code::Unimplemented => Outcome::Rejected,
            _ => Outcome::Unknown,
        }
    }
}
