//! Faults that tests ask for: what goes wrong, and with which calls.

mod file;
mod plan;

use std::time::Duration;

use crate::status::Status;

pub(crate) use file::Entry;
pub use plan::FaultPlan;
pub(crate) use plan::{Faults, Site};

/// What goes wrong with a call, and with how many calls.
///
/// A call that a fault withholds the result of was not executed, unless the fault is one
/// [`after_executing`](Fault::after_executing), or one of the answer itself
/// ([`half_body`](Fault::half_body), [`malformed`](Fault::malformed),
/// [`content_type`](Fault::content_type), [`oversized`](Fault::oversized)): these always come
/// after executing.
///
/// A fault hits the next call of its target, unless [`nth`](Fault::nth) or
/// [`probability`](Fault::probability) say otherwise.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) action: Action,
    after: bool,
    pub(crate) delay: Duration,
    nth: Option<u64>,
    probability: Option<f64>,
    times: Option<u32>,
}

/// What happens to the call, its answer or its connection.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Nothing but the delay.
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
    /// The name that it is counted by.
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

    /// Whether it tells the caller that nothing was done, so that executing first would be a lie.
    fn denies_executing(&self) -> bool {
        match self {
            Action::Reset(code) => h2::Reason::from(*code) == h2::Reason::REFUSED_STREAM,
            Action::RevokeTokens => true,
            _ => false,
        }
    }

    /// Whether it is done to the answer, which must be there first.
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
    /// The call answers `status`, without being executed.
    pub fn status(status: Status) -> Self {
        Fault::new(Action::Status(status))
    }

    /// The call answers an HTTP status without any gRPC, as a load balancer does.
    pub fn http(status: u16) -> Self {
        Fault::new(Action::Http(status))
    }

    /// The call is answered correctly, but only after real time has passed.
    pub fn delay(delay: Duration) -> Self {
        Fault::new(Action::Nothing).delayed(delay)
    }

    /// Cuts the TCP connection without a word: every call on it breaks, and what was to be written
    /// is lost. Calls that were waiting are dropped, as if their callers had gone away: a tool
    /// that was not executed yet is not executed, and one that was stays counted.
    pub fn close() -> Self {
        Fault::new(Action::Close)
    }

    /// Resets the HTTP/2 stream (`RST_STREAM`) with an error code of RFC 9113, section 7: for
    /// example 0x2 `INTERNAL_ERROR`, 0x7 `REFUSED_STREAM`, 0x8 `CANCEL`, 0xb
    /// `ENHANCE_YOUR_CALM`. An HTTP/1.1 connection is closed instead.
    ///
    /// `REFUSED_STREAM` promises that nothing was done:
    /// [`after_executing`](Fault::after_executing) has no effect on it.
    pub fn reset(code: u32) -> Self {
        Fault::new(Action::Reset(code))
    }

    /// The connection finishes the calls under way, this one included, and takes no new ones: HTTP/2
    /// sends `GOAWAY`, an HTTP/1.1 connection closes after this answer.
    pub fn go_away() -> Self {
        Fault::new(Action::GoAway)
    }

    /// From here on the connection is open and says nothing: nothing is read, nothing is written,
    /// until the peer closes it or the emulator stops. Other calls on it are executed, and their
    /// answers are lost.
    pub fn black_hole() -> Self {
        Fault::new(Action::BlackHole)
    }

    /// Half of the answer's body, then the stream breaks. Of a body whose length is not known
    /// beforehand, half of its first piece.
    pub fn half_body() -> Self {
        Fault::new(Action::HalfBody)
    }

    /// An answer of the right content type and framing that is not protobuf, or not JSON.
    pub fn malformed() -> Self {
        Fault::new(Action::Malformed)
    }

    /// The right answer under this content type; one that no header can hold leaves it out.
    pub fn content_type(content_type: impl Into<String>) -> Self {
        Fault::new(Action::ContentType(content_type.into()))
    }

    /// An answer whose message has this many bytes, generated while it is sent. Its beginning is in
    /// order: over gRPC the length prefix announces them (4 GiB at most), otherwise it is a JSON
    /// string with its `Content-Length`. Whoever reads it to its end finds no answer in it.
    pub fn oversized(bytes: usize) -> Self {
        Fault::new(Action::Oversized(bytes))
    }

    /// All tokens become invalid, and this call is answered as unauthenticated. It is never
    /// executed: [`after_executing`](Fault::after_executing) has no effect.
    pub fn revoke_tokens() -> Self {
        Fault::new(Action::RevokeTokens)
    }

    /// For the target `/oauth/token`: the token that is issued is refused after this time, by the
    /// emulator's clock and whatever its answer says. Other calls are answered as ever.
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

    /// Lets real time pass before the fault.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// How many calls it hits; one by default, or any number with
    /// [`probability`](Fault::probability).
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// It hits the nth call of the target only (1 is the next), or with [`times`](Fault::times)
    /// so many from the nth on. It goes before faults that hit just any next call.
    #[must_use]
    pub fn nth(mut self, n: u64) -> Self {
        self.nth = Some(n);
        self
    }

    /// It hits each call with this probability (0.0 to 1.0), without end unless
    /// [`times`](Fault::times) is set. Calls that another fault hits are left to it.
    #[must_use]
    pub fn probability(mut self, p: f64) -> Self {
        self.probability = Some(p);
        self
    }

    /// Whether the call is executed before it happens.
    pub(crate) fn executes_first(&self) -> bool {
        self.action.needs_response() || (self.after && !self.action.denies_executing())
    }
}

impl From<Status> for Fault {
    fn from(status: Status) -> Self {
        Fault::status(status)
    }
}
