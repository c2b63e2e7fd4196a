//! Definitions of faults: what fails, and for which calls.

mod file;
mod plan;

use std::time::Duration;

use crate::status::Status;

pub(crate) use file::Entry;
pub use plan::FaultPlan;
pub(crate) use plan::{Faults, Site};

/// What fails in a call, and how many calls it applies to.
///
/// A call whose result a fault withholds is not executed, with two exceptions: a fault with
/// [`after_executing`](Fault::after_executing), and a fault of the response
/// ([`half_body`](Fault::half_body), [`malformed`](Fault::malformed),
/// [`content_type`](Fault::content_type), [`oversized`](Fault::oversized)), which always comes
/// after the execution.
///
/// A fault applies to the next call of its target, unless [`nth`](Fault::nth) or
/// [`probability`](Fault::probability) is set.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) action: Action,
    after: bool,
    pub(crate) delay: Duration,
    nth: Option<u64>,
    probability: Option<f64>,
    times: Option<u32>,
}

/// What happens to the call, its response or its connection.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Only the delay.
    Nothing,
    Status(Status),
    Http(u16),
    Close,
    Reset(u32),
    GoAway,
    BlackHole,
    HalfBody,
    Malformed,
    ContentType(String),
    Oversized(usize),
    RevokeTokens,
    ExpireEarly(Duration),
}

impl Action {
    /// The name under which the action is counted.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Action::Nothing => "delay",
            Action::Status(_) => "status",
            Action::Http(_) => "http",
            Action::Close => "close",
            Action::Reset(_) => "reset",
            Action::GoAway => "go_away",
            Action::BlackHole => "black_hole",
            Action::HalfBody => "half_body",
            Action::Malformed => "malformed",
            Action::ContentType(_) => "content_type",
            Action::Oversized(_) => "oversized",
            Action::RevokeTokens => "revoke_tokens",
            Action::ExpireEarly(_) => "expire_early",
        }
    }

    /// Whether the action tells the caller that the call was not executed. Executing it first would
    /// make that false.
    fn denies_executing(&self) -> bool {
        match self {
            Action::Reset(code) => h2::Reason::from(*code) == h2::Reason::REFUSED_STREAM,
            Action::RevokeTokens => true,
            _ => false,
        }
    }

    /// Whether the action changes the response, so that the call must be executed first.
    fn needs_response(&self) -> bool {
        matches!(
            self,
            Action::HalfBody
                | Action::Malformed
                | Action::ContentType(_)
                | Action::Oversized(_)
                | Action::ExpireEarly(_)
        )
    }
}

impl Fault {
    /// Responds with `status`, without executing the call.
    pub fn status(status: Status) -> Self {
        Fault::new(Action::Status(status))
    }

    /// Responds with an HTTP status and no gRPC status, as a load balancer does.
    pub fn http(status: u16) -> Self {
        Fault::new(Action::Http(status))
    }

    /// Executes the call normally after a delay in real time.
    pub fn delay(delay: Duration) -> Self {
        Fault::new(Action::Nothing).delayed(delay)
    }

    /// Closes the TCP connection without notice. Every call on it fails, and unsent data is lost.
    /// Calls in flight are dropped, as if their callers had disconnected: a tool that was not
    /// executed yet is not executed, and one that was executed stays counted.
    pub fn close() -> Self {
        Fault::new(Action::Close)
    }

    /// Resets the HTTP/2 stream (`RST_STREAM`) with an error code of RFC 9113, section 7: for
    /// example 0x2 `INTERNAL_ERROR`, 0x7 `REFUSED_STREAM`, 0x8 `CANCEL`, 0xb
    /// `ENHANCE_YOUR_CALM`. An HTTP/1.1 connection is closed instead.
    ///
    /// `REFUSED_STREAM` promises that the call was not executed, so
    /// [`after_executing`](Fault::after_executing) has no effect on it.
    pub fn reset(code: u32) -> Self {
        Fault::new(Action::Reset(code))
    }

    /// Ends the connection gracefully: calls in flight finish, including this one, and no new ones
    /// are accepted. HTTP/2 sends `GOAWAY`; an HTTP/1.1 connection closes after this response.
    pub fn go_away() -> Self {
        Fault::new(Action::GoAway)
    }

    /// Keeps the connection open but silent: nothing is read or written any more, until the peer
    /// closes it or the emulator stops. Other calls on it are executed, and their responses are
    /// lost.
    pub fn black_hole() -> Self {
        Fault::new(Action::BlackHole)
    }

    /// Sends half of the response body, then breaks the stream. If the length of the body is not
    /// known in advance, it sends half of the first chunk.
    pub fn half_body() -> Self {
        Fault::new(Action::HalfBody)
    }

    /// Sends a response with the right content type and framing whose content is neither protobuf
    /// nor JSON.
    pub fn malformed() -> Self {
        Fault::new(Action::Malformed)
    }

    /// Sends the correct response with this content type. A value that is not a valid header value
    /// removes the content type.
    pub fn content_type(content_type: impl Into<String>) -> Self {
        Fault::new(Action::ContentType(content_type.into()))
    }

    /// Sends a response whose message has this many bytes, generated while it is sent. It begins
    /// like a valid response: over gRPC the length prefix announces the size (4 GiB at most),
    /// otherwise it is a JSON string with its `Content-Length`. It is not a valid message.
    pub fn oversized(bytes: usize) -> Self {
        Fault::new(Action::Oversized(bytes))
    }

    /// Invalidates all tokens and responds to this call as unauthenticated. The call is never
    /// executed: [`after_executing`](Fault::after_executing) has no effect.
    pub fn revoke_tokens() -> Self {
        Fault::new(Action::RevokeTokens)
    }

    /// For the target `/oauth/token`: the issued token is rejected after this time, by the
    /// emulator's clock, whatever lifetime the response states. Calls to other targets are not
    /// affected.
    pub fn expire_early(after: Duration) -> Self {
        Fault::new(Action::ExpireEarly(after))
    }

    fn new(action: Action) -> Self {
        Fault {
            action,
            after: false,
            delay: Duration::ZERO,
            nth: None,
            probability: None,
            times: None,
        }
    }

    /// Executes the call first and withholds its result.
    #[must_use]
    pub fn after_executing(mut self) -> Self {
        self.after = true;
        self
    }

    /// Delays the fault in real time.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets how many calls the fault applies to: one by default, or any number with
    /// [`probability`](Fault::probability).
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Applies to the nth call of the target only (1 is the next), or with [`times`](Fault::times)
    /// to that many calls from the nth on. It takes precedence over faults without `nth`.
    #[must_use]
    pub fn nth(mut self, n: u64) -> Self {
        self.nth = Some(n);
        self
    }

    /// Applies to each call with this probability (0.0 to 1.0), without limit unless
    /// [`times`](Fault::times) is set. It does not apply to calls that another fault applies to.
    #[must_use]
    pub fn probability(mut self, p: f64) -> Self {
        self.probability = Some(p);
        self
    }

    /// Whether the call is executed before the fault.
    pub(crate) fn executes_first(&self) -> bool {
        self.action.needs_response() || (self.after && !self.action.denies_executing())
    }
}

impl From<Status> for Fault {
    fn from(status: Status) -> Self {
        Fault::status(status)
    }
}
