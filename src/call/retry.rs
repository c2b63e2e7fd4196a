//! The one place that decides whether a call is made again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::refused_our_token;
use crate::{Error, ErrorKind, Outcome};

/// Attempts of one call, the first included.
const MAX_ATTEMPTS: u32 = 3;

/// The longest wait before the first repeat; it doubles with each further one.
const BASE_PAUSE: Duration = Duration::from_millis(200);

/// Repeats that a client may make ahead of successes.
const BUDGET: u32 = 100;

/// Successes that give back one repeat.
const SUCCESSES_PER_REPEAT: u32 = 10;

/// What to do after a failed attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Get another token and try again at once.
    RenewToken,
    /// Try again after this long.
    Wait(Duration),
    /// The error is the caller's.
    GiveUp,
}

/// What has happened to a call so far.
pub(super) struct History {
    idempotent: bool,
    pub attempts: u32,
    token_renewed: bool,
    /// Whether the call may have taken effect, all attempts considered.
    pub outcome: Outcome,
}

impl History {
    pub fn new(idempotent: bool) -> Self {
        Self {
            idempotent,
            attempts: 0,
            token_renewed: false,
            outcome: Outcome::NotSent,
        }
    }

    /// Takes note of a failed attempt and decides about the next.
    ///
    /// `had_token` tells whether the attempt got as far as having one.
    pub fn judge(
        &mut self,
        error: &Error,
        had_token: bool,
        deadline: Instant,
        budget: &RetryBudget,
    ) -> Verdict {
        if self.outcome != Outcome::Unknown {
            self.outcome = error.outcome();
        }
        // The server turned the call away before it did anything, so that repeating is safe
        // whatever the call does.
        if had_token && refused_our_token(error) {
            if self.token_renewed {
                return Verdict::GiveUp;
            }
            self.token_renewed = true;
            return Verdict::RenewToken;
        }
        let repeatable = match error.outcome() {
            Outcome::NotSent => is_transient(error.kind()),
            Outcome::Rejected => false,
            Outcome::Unknown => self.idempotent && is_transient(error.kind()),
        };
        if !repeatable || self.attempts >= MAX_ATTEMPTS {
            return Verdict::GiveUp;
        }
        let ceiling = BASE_PAUSE * 2_u32.pow(self.attempts - 1);
        let pause = ceiling.mul_f64(fastrand::f64());
        let pause = pause.max(error.retry_after().unwrap_or_default());
        if Instant::now() + pause >= deadline || !budget.spend() {
            return Verdict::GiveUp;
        }
        Verdict::Wait(pause)
    }
}

/// Whether another attempt may fare better. Not RESOURCE_EXHAUSTED: the caller knows better than
/// this crate what to do while a limit is reached. Not a deadline: its time is used up.
fn is_transient(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Connection | ErrorKind::ServiceUnavailable)
}

/// How many repeats the calls of one client may still make.
///
/// When a service fails for everybody, repeating every call doubles its load at the worst moment.
/// Each repeat costs one; successes give back.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU32);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicU32::new(BUDGET * SUCCESSES_PER_REPEAT))
    }
}

impl RetryBudget {
    fn spend(&self) -> bool {
        let spend = |left: u32| left.checked_sub(SUCCESSES_PER_REPEAT);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend)
            .is_ok()
    }

    pub fn refund(&self) {
        const FULL: u32 = BUDGET * SUCCESSES_PER_REPEAT;
        // A full budget is the usual case, and costs a load.
        if self.0.load(Ordering::Relaxed) < FULL {
            let refund = |left: u32| (left < FULL).then_some(left + 1);
            let _ = self
                .0
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, refund);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Code, Details};

    fn judge(idempotent: bool, error: &Error) -> Verdict {
        let mut history = History::new(idempotent);
        history.attempts = 1;
        let deadline = Instant::now() + Duration::from_secs(20);
        history.judge(error, true, deadline, &RetryBudget::default())
    }

    fn status(code: Code) -> Error {
        Error::status(code, "", Details::default())
    }

    fn tool_error(code: Code) -> Error {
        let details = Details {
            tool_error: Some(Default::default()),
            ..Default::default()
        };
        Error::status(code, "", details)
    }

    #[test]
    fn what_may_have_happened_is_repeated_only_when_idempotent() {
        for error in [
            status(Code::Unavailable),
            Error::http(502, ""),
            Error::http(503, ""),
            Error::connection(Outcome::Unknown, "reset"),
        ] {
            assert_eq!(judge(false, &error), Verdict::GiveUp, "{error}");
            assert!(matches!(judge(true, &error), Verdict::Wait(_)), "{error}");
        }
    }

    #[test]
    fn what_was_not_sent_is_always_repeated() {
        let error = Error::connection(Outcome::NotSent, "refused");
        assert!(matches!(judge(false, &error), Verdict::Wait(_)));
    }

    #[test]
    fn a_no_is_a_no() {
        for code in [
            Code::InvalidArgument,
            Code::NotFound,
            Code::AlreadyExists,
            Code::PermissionDenied,
            Code::ResourceExhausted,
            Code::DeadlineExceeded,
            Code::Internal,
        ] {
            assert_eq!(judge(true, &status(code)), Verdict::GiveUp, "{code}");
        }
        assert_eq!(judge(true, &Error::http(429, "")), Verdict::GiveUp);
        assert_eq!(
            judge(true, &Error::invalid_input("x", "is wrong")),
            Verdict::GiveUp
        );
    }

    #[test]
    fn a_refused_token_is_renewed_once() {
        let mut history = History::new(false);
        let (deadline, budget) = (
            Instant::now() + Duration::from_secs(20),
            RetryBudget::default(),
        );
        let error = status(Code::Unauthenticated);
        history.attempts = 1;
        assert_eq!(
            history.judge(&error, true, deadline, &budget),
            Verdict::RenewToken
        );
        history.attempts = 2;
        assert_eq!(
            history.judge(&error, true, deadline, &budget),
            Verdict::GiveUp
        );
        assert_eq!(history.outcome, Outcome::Rejected);
    }

    #[test]
    fn a_wrong_client_secret_is_not_tried_again() {
        let mut history = History::new(true);
        history.attempts = 1;
        let deadline = Instant::now() + Duration::from_secs(20);
        let error = Error::http(401, "invalid_client");
        assert_eq!(
            history.judge(&error, false, deadline, &RetryBudget::default()),
            Verdict::GiveUp
        );
    }

    #[test]
    fn a_tools_own_refusal_never_touches_our_token() {
        for code in [
            Code::Unauthenticated,
            Code::PermissionDenied,
            Code::Unavailable,
        ] {
            assert_eq!(judge(false, &tool_error(code)), Verdict::GiveUp, "{code}");
            assert_eq!(judge(true, &tool_error(code)), Verdict::GiveUp, "{code}");
        }
    }

    #[test]
    fn once_an_attempt_may_have_happened_the_call_may_have() {
        let mut history = History::new(true);
        let (deadline, budget) = (
            Instant::now() + Duration::from_secs(20),
            RetryBudget::default(),
        );
        history.attempts = 1;
        history.judge(&status(Code::Unavailable), true, deadline, &budget);
        history.attempts = 2;
        history.judge(
            &Error::connection(Outcome::NotSent, "refused"),
            true,
            deadline,
            &budget,
        );
        assert_eq!(history.outcome, Outcome::Unknown);
    }

    #[test]
    fn the_budget_ends_and_successes_refill_it() {
        let budget = RetryBudget::default();
        let spent = (0..1000).take_while(|_| budget.spend()).count();
        assert_eq!(spent as u32, BUDGET);
        for _ in 0..SUCCESSES_PER_REPEAT {
            budget.refund();
        }
        assert!(budget.spend());
        assert!(!budget.spend());
    }
}
