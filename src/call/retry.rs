//! Decides whether a call is retried. Nothing else does.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::{Error, ErrorKind, Outcome};

/// The maximum wait before the first retry. It doubles with each retry.
const BASE_PAUSE: Duration = Duration::from_millis(200);

/// The maximum by which `retry-after` extends a wait.
const MAX_EXTRA_PAUSE: Duration = Duration::from_secs(5);

/// The wait after a rejection by a rate limit without `retry-after`. It doubles with each retry.
const RATE_LIMIT_PAUSE: Duration = Duration::from_secs(1);

/// The minimum wait after a rejection by a rate limit.
const MIN_RATE_LIMIT_PAUSE: Duration = Duration::from_millis(100);

/// The retry budget of a client. Each success returns one unit.
const BUDGET: u32 = 1000;

/// The cost of a retry. It is higher if the service is overloaded.
fn cost(kind: ErrorKind) -> u32 {
    match kind {
        ErrorKind::ServiceUnavailable => 20,
        _ => 10,
    }
}

/// The settings that decide about retries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    /// Whether doing it twice has the same effect as doing it once.
    pub idempotent: bool,
    /// Attempts of one call, including the first. An attempt with a new token or after a rate limit
    /// is not counted.
    pub max_attempts: u32,
    /// The maximum total wait after rejections by a rate limit.
    pub wait_on_rate_limit: Duration,
}

/// A failed attempt, with the remaining time and budget.
pub(super) struct Failure<'a> {
    pub error: &'a Error,
    pub time_left: Duration,
    /// The fraction of the wait, from 0 to 1.
    pub jitter: f64,
    pub budget: &'a RetryBudget,
}

/// What to do after a failed attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Get a new token and retry at once.
    RenewToken,
    /// Retry after this wait.
    Wait(Duration),
    /// Return the error.
    GiveUp,
}

/// The attempts of a call so far.
pub(super) struct History {
    policy: RetryPolicy,
    pub attempts: u32,
    /// The attempts that do not count: with a new token or after a rate limit.
    uncounted: u32,
    token_renewed: bool,
    /// The total wait after rejections by a rate limit.
    waited_on_rate_limit: Duration,
    /// Whether any attempt may have taken effect.
    pub outcome: Outcome,
}

impl History {
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            attempts: 0,
            uncounted: 0,
            token_renewed: false,
            waited_on_rate_limit: Duration::ZERO,
            outcome: Outcome::NotSent,
        }
    }

    /// Records a failed attempt and decides about the next.
    pub fn judge(&mut self, failure: Failure<'_>) -> Verdict {
        let error = failure.error;
        self.attempts += 1;
        if self.outcome != Outcome::Unknown {
            self.outcome = error.outcome();
        }
        // Scalekit rejected the token before it did anything, so that a retry is safe for every
        // call. The transport states this fact. Nothing else about the error counts.
        if error.token_refused() {
            if self.token_renewed || self.policy.max_attempts <= 1 {
                return Verdict::GiveUp;
            }
            self.token_renewed = true;
            self.uncounted += 1;
            return Verdict::RenewToken;
        }
        if let Some(pause) = self.rate_limit_pause(&failure) {
            self.waited_on_rate_limit += pause;
            self.uncounted += 1;
            return Verdict::Wait(pause);
        }
        let repeatable = match error.outcome() {
            Outcome::NotSent => is_transient(error),
            Outcome::Rejected => false,
            Outcome::Unknown => self.policy.idempotent && is_transient(error),
        };
        let counted = self.attempts - self.uncounted;
        if !repeatable || counted >= self.policy.max_attempts {
            return Verdict::GiveUp;
        }
        let ceiling = BASE_PAUSE * 2_u32.saturating_pow(counted.saturating_sub(1).min(10));
        let pause = ceiling.mul_f64(failure.jitter);
        let wanted = error.retry_after().unwrap_or_default();
        let pause = wanted.clamp(pause, pause + MAX_EXTRA_PAUSE);
        if pause >= failure.time_left || !failure.budget.spend(cost(error.kind())) {
            return Verdict::GiveUp;
        }
        Verdict::Wait(pause)
    }

    /// The wait after a rejection by a rate limit, if the caller wants to wait that long.
    fn rate_limit_pause(&self, failure: &Failure<'_>) -> Option<Duration> {
        let error = failure.error;
        let left = self
            .policy
            .wait_on_rate_limit
            .saturating_sub(self.waited_on_rate_limit);
        // A tool may have made other requests to its provider before the one that was rejected.
        let is_rejected = error.outcome() != Outcome::Unknown && !error.is_tool_error();
        let is_repeatable = self.policy.idempotent || is_rejected;
        if left.is_zero() || !error.is_rate_limited() || !is_repeatable {
            return None;
        }
        let doubled = || RATE_LIMIT_PAUSE * 2_u32.saturating_pow(self.uncounted.min(10));
        let wanted = error.retry_after().unwrap_or_else(doubled);
        // Spread, so that callers that were rejected together do not return together.
        let spread = (wanted / 10).max(MIN_RATE_LIMIT_PAUSE);
        let pause = wanted.max(MIN_RATE_LIMIT_PAUSE) + spread.mul_f64(failure.jitter);
        (pause <= left && pause < failure.time_left).then_some(pause)
    }
}

/// Whether another attempt may succeed. Not after a rate limit, which the caller handles, except
/// that of a token request, which all callers share. Not after a deadline.
fn is_transient(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Connection => true,
        ErrorKind::ServiceUnavailable => {
            !error.is_rate_limited() || error.outcome() == Outcome::NotSent
        }
        _ => false,
    }
}

/// The remaining retry budget of a client.
///
/// If a service fails for all callers, retrying every call would multiply its load. A retry costs;
/// a success returns budget.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU32);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicU32::new(BUDGET))
    }
}

impl RetryBudget {
    #[cfg(test)]
    pub fn with(left: u32) -> Self {
        Self(AtomicU32::new(left))
    }

    fn spend(&self, cost: u32) -> bool {
        let spend = |left: u32| left.checked_sub(cost);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend)
            .is_ok()
    }

    pub fn refund(&self) {
        // The budget is usually full, which costs one load.
        if self.0.load(Ordering::Relaxed) < BUDGET {
            let refund = |left: u32| (left < BUDGET).then_some(left + 1);
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

    fn history(idempotent: bool) -> History {
        History::new(RetryPolicy {
            idempotent,
            max_attempts: 3,
            wait_on_rate_limit: Duration::ZERO,
        })
    }

    fn next(history: &mut History, error: &Error) -> Verdict {
        history.judge(Failure {
            error,
            time_left: Duration::from_secs(20),
            jitter: 0.5,
            budget: &RetryBudget::default(),
        })
    }

    fn judge(idempotent: bool, error: &Error) -> Verdict {
        next(&mut history(idempotent), error)
    }

    fn status(code: Code) -> Error {
        Error::status(code, "", Details::default())
    }

    fn refused_token() -> Error {
        status(Code::Unauthenticated).with_token_refused()
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
            Error::http(408),
            Error::http(502),
            Error::http(503),
            Error::http(504),
            Error::http(524),
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
        for error in [
            Error::http(404),
            Error::http(429),
            Error::http(500),
            Error::invalid_input("x", "is wrong"),
            Error::timeout(Outcome::Unknown, Duration::from_secs(1)),
        ] {
            assert_eq!(judge(true, &error), Verdict::GiveUp, "{error}");
        }
    }

    #[test]
    fn a_401_of_which_it_is_not_certain_whose_it_is_is_not_repeated() {
        for error in [
            status(Code::Unauthenticated),
            Error::http(401),
            Error::provider(401),
            Error::http(403),
        ] {
            assert_eq!(judge(false, &error), Verdict::GiveUp, "{error}");
            assert_eq!(judge(true, &error), Verdict::GiveUp, "{error}");
        }
        assert_eq!(status(Code::Unauthenticated).outcome(), Outcome::Unknown);
        assert_eq!(Error::http(401).outcome(), Outcome::Unknown);
    }

    #[test]
    fn a_refused_token_is_renewed_once() {
        let mut history = history(false);
        let error = refused_token();
        assert_eq!(next(&mut history, &error), Verdict::RenewToken);
        assert_eq!(next(&mut history, &error), Verdict::GiveUp);
        assert_eq!(history.outcome, Outcome::Rejected);
    }

    #[test]
    fn a_token_request_is_repeated_when_the_endpoint_fails_and_not_when_it_refuses() {
        let no_token = |kind, status| Error::no_token(kind, status, "");
        for status in [408, 429, 500, 503, 520] {
            let error = no_token(ErrorKind::ServiceUnavailable, status);
            assert!(matches!(judge(false, &error), Verdict::Wait(_)), "{error}");
        }
        for error in [
            no_token(ErrorKind::Unauthorized, 401),
            no_token(ErrorKind::Config, 404),
        ] {
            assert_eq!(judge(true, &error), Verdict::GiveUp, "{error}");
        }
    }

    #[test]
    fn a_call_is_tried_as_often_as_allowed() {
        let error = Error::connection(Outcome::NotSent, "refused");
        let mut calls = history(true);
        let waits = (0..5).map(|_| next(&mut calls, &error));
        assert_eq!(waits.filter(|v| *v != Verdict::GiveUp).count(), 2);
        let mut once = History::new(RetryPolicy {
            idempotent: true,
            max_attempts: 1,
            wait_on_rate_limit: Duration::ZERO,
        });
        assert_eq!(next(&mut once, &error), Verdict::GiveUp);
        let mut once = History::new(RetryPolicy {
            idempotent: true,
            max_attempts: 1,
            wait_on_rate_limit: Duration::ZERO,
        });
        assert_eq!(next(&mut once, &refused_token()), Verdict::GiveUp);
    }

    #[test]
    fn a_new_token_costs_no_attempt() {
        let mut history = history(true);
        assert_eq!(next(&mut history, &refused_token()), Verdict::RenewToken);
        let error = Error::connection(Outcome::NotSent, "refused");
        assert!(matches!(next(&mut history, &error), Verdict::Wait(_)));
        assert!(matches!(next(&mut history, &error), Verdict::Wait(_)));
        assert_eq!(next(&mut history, &error), Verdict::GiveUp);
    }

    #[test]
    fn the_pause_is_jittered_doubled_and_lengthened_at_the_server_s_wish() {
        let pause = |history: &mut History, jitter, wanted: Option<u64>| {
            let wanted = wanted.map(Duration::from_secs);
            let verdict = history.judge(Failure {
                error: &Error::http(503).with_retry_after(wanted),
                time_left: Duration::from_secs(20),
                jitter,
                budget: &RetryBudget::default(),
            });
            match verdict {
                Verdict::Wait(pause) => pause,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(pause(&mut history(true), 0.0, None), Duration::ZERO);
        let mut calls = history(true);
        assert_eq!(pause(&mut calls, 1.0, None), BASE_PAUSE);
        assert_eq!(pause(&mut calls, 1.0, None), BASE_PAUSE * 2);
        let wanted = pause(&mut history(true), 0.5, Some(2));
        assert_eq!(wanted, Duration::from_secs(2));
        let too_long = pause(&mut history(true), 1.0, Some(3600));
        assert_eq!(too_long, BASE_PAUSE + MAX_EXTRA_PAUSE);
    }

    #[test]
    fn a_pause_that_does_not_fit_is_not_begun() {
        let verdict = history(true).judge(Failure {
            error: &Error::http(503).with_retry_after(Some(Duration::from_secs(3))),
            time_left: Duration::from_secs(3),
            jitter: 0.5,
            budget: &RetryBudget::default(),
        });
        assert_eq!(verdict, Verdict::GiveUp);
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
    fn a_rejection_by_a_rate_limit_waits_within_its_maximum() {
        let limit = |wanted: Option<u64>| {
            status(Code::ResourceExhausted).with_retry_after(wanted.map(Duration::from_secs))
        };
        let next = |history: &mut History, error: &Error, jitter| {
            history.judge(Failure {
                error,
                time_left: Duration::from_secs(60),
                jitter,
                budget: &RetryBudget::with(0),
            })
        };
        let seconds = |seconds| Verdict::Wait(Duration::from_secs_f64(seconds));
        let waiting_if = |idempotent, max| {
            History::new(RetryPolicy {
                idempotent,
                max_attempts: 1,
                wait_on_rate_limit: Duration::from_secs(max),
            })
        };
        let waiting = |max| waiting_if(false, max);
        // As long as the server says, and up to a tenth more. Costs neither attempts nor budget.
        let mut calls = waiting(20);
        assert_eq!(next(&mut calls, &limit(Some(8)), 0.0), seconds(8.0));
        assert_eq!(next(&mut calls, &limit(Some(8)), 1.0), seconds(8.8));
        assert_eq!(next(&mut calls, &limit(Some(8)), 0.0), Verdict::GiveUp);
        assert_eq!(next(&mut calls, &limit(Some(1)), 0.0), seconds(1.0));
        // Without a hint, the wait doubles.
        let mut calls = waiting(20);
        for expected in [1.0, 2.0, 4.0, 8.0] {
            assert_eq!(next(&mut calls, &limit(None), 0.0), seconds(expected));
        }
        assert_eq!(next(&mut calls, &limit(None), 0.0), Verdict::GiveUp);
        // Never without a pause, and never for what may have happened.
        assert_eq!(next(&mut waiting(20), &limit(Some(0)), 0.0), seconds(0.1));
        let unknown = limit(Some(1)).with_outcome(Outcome::Unknown);
        assert_eq!(next(&mut waiting(20), &unknown, 0.0), Verdict::GiveUp);
        let tool = tool_error(Code::ResourceExhausted).with_retry_after(Duration::from_secs(1));
        assert_eq!(next(&mut waiting(20), &tool, 0.0), Verdict::GiveUp);
        for error in [&unknown, &tool] {
            let mut idempotent = waiting_if(true, 20);
            assert_eq!(next(&mut idempotent, error, 0.0), seconds(1.0));
        }
        let other = status(Code::InvalidArgument).with_retry_after(Duration::from_secs(1));
        assert_eq!(next(&mut waiting(20), &other, 0.0), Verdict::GiveUp);
    }

    #[test]
    fn once_an_attempt_may_have_happened_the_call_may_have() {
        let mut history = history(true);
        next(&mut history, &status(Code::Unavailable));
        let refused = Error::connection(Outcome::NotSent, "refused");
        next(&mut history, &refused);
        assert_eq!(history.outcome, Outcome::Unknown);
    }

    #[test]
    fn the_budget_ends_and_successes_refill_it() {
        let budget = RetryBudget::default();
        let unavailable = cost(ErrorKind::ServiceUnavailable);
        assert!(unavailable > cost(ErrorKind::Connection));
        let spent = (0..1000).take_while(|_| budget.spend(unavailable)).count();
        assert_eq!(spent as u32, BUDGET / unavailable);
        for _ in 0..unavailable {
            assert!(!budget.spend(unavailable));
            budget.refund();
        }
        assert!(budget.spend(unavailable));
    }
}
