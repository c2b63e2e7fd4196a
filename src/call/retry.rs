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
mod tests;
