//! The engine of all calls: one deadline, a valid token, retries where they are safe.

mod operation;
mod retry;
#[cfg(test)]
mod tests;
mod trace;

pub(crate) use operation::{Class, Operation, operations};
pub(crate) use retry::{RetryBudget, RetryPolicy};
pub(crate) use trace::Endpoint;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, Span};

use crate::credentials::Token;
use crate::duration::bounded;
use crate::error::Secrets;
use crate::{Error, Outcome, Secret};
use retry::{Failure, Verdict};

/// The options of one call, apart from its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallOptions {
    pub timeout: Option<Duration>,
    /// The deadline of the operation of which this call is a part, instead of its own.
    pub deadline: Option<Deadline>,
    pub max_attempts: Option<u32>,
    pub idempotent: bool,
    pub wait_on_rate_limit: Option<Duration>,
}

/// The deadline of a call, and its duration as it was set, for errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    pub at: Instant,
    set: Duration,
}

impl Deadline {
    pub fn after(timeout: Duration) -> Self {
        Self {
            at: Instant::now() + bounded(timeout),
            set: timeout,
        }
    }

    pub fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    pub fn error(&self, outcome: Outcome) -> Error {
        Error::timeout(outcome, self.set)
    }
}

/// The current attempt, as the transport sees it: its deadline, and whether its request may have
/// been sent.
#[derive(Debug)]
pub(crate) struct Attempt {
    deadline: Deadline,
    may_have_left: AtomicBool,
}

impl Attempt {
    pub fn until(deadline: Deadline) -> Self {
        Self {
            deadline,
            may_have_left: AtomicBool::new(false),
        }
    }

    pub fn time_left(&self) -> Duration {
        self.deadline.left()
    }

    /// Called by the transport before it writes the request, and when it gets it back unwritten.
    pub fn writes(&self, writes: bool) {
        self.may_have_left.store(writes, Ordering::Relaxed);
    }

    /// The error of an attempt that exceeded the deadline.
    fn timed_out(&self) -> Error {
        self.deadline
            .error(match self.may_have_left.load(Ordering::Relaxed) {
                true => Outcome::Unknown,
                false => Outcome::NotSent,
            })
    }
}

/// What a call needs from the client besides the transport.
pub(crate) trait Environment {
    /// The token to use now.
    fn token(&self) -> impl Future<Output = Result<Token, Error>> + Send;
    /// The server refused the token of this generation.
    fn invalidate(&self, generation: u64);
    /// The retry budget of this client.
    fn budget(&self) -> &RetryBudget;
    /// Redacted in errors, like the token.
    fn client_secret(&self) -> Option<&Secret>;
    /// The server, for traces.
    fn endpoint(&self) -> Endpoint<'_>;
}

/// The result of a call.
pub(crate) struct Done<T> {
    pub value: T,
    pub attempts: u32,
    /// Whether an earlier attempt may have taken effect.
    pub earlier: Outcome,
    /// The span of the call.
    pub span: Span,
}

/// Makes a call: runs `send` until it succeeds or must not be retried.
///
/// Token, attempts and waits share the deadline. Nothing is sent after it. The outcome of the error
/// is that of the whole call: if one attempt may have taken effect, a later one that was not sent
/// does not change that.
///
/// `describe` records on the span of the call what the call is about.
pub(crate) async fn run<T, F>(
    environment: &impl Environment,
    operation: &Operation,
    policy: RetryPolicy,
    attempt: &Attempt,
    describe: impl FnOnce(&Span),
    send: impl Fn(Token) -> F,
) -> Result<Done<T>, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let span = trace::call(environment, operation);
    if !span.is_disabled() {
        describe(&span);
    }
    let attempts = make_attempts(environment, operation, policy, attempt, &span, send);
    let result = attempts.instrument(span.clone()).await;
    trace::ended(&span, operation, result.as_ref().map(|done| done.attempts));
    result
}

async fn make_attempts<T, F>(
    environment: &impl Environment,
    operation: &Operation,
    policy: RetryPolicy,
    attempt: &Attempt,
    span: &Span,
    send: impl Fn(Token) -> F,
) -> Result<Done<T>, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let deadline = attempt.deadline;
    let mut history = retry::History::new(policy);
    let mut refused: Option<(Token, Error)> = None;
    let (error, token) = loop {
        let token = valid_token(environment, deadline).await;
        let used = token.as_ref().ok().cloned();
        let result = match token {
            // The token endpoint returned the same token, which would be rejected again.
            Ok(token) if is_same(&refused, &token) => {
                environment.invalidate(token.generation);
                let error = refused.map(|(_, error)| error);
                break (
                    error.unwrap_or_else(|| deadline.error(Outcome::NotSent)),
                    used,
                );
            }
            Ok(token) => {
                attempt.writes(false);
                let span = trace::attempt(history.attempts);
                let sent = timeout_at(deadline.at, send(token)).instrument(span.clone());
                let result = sent.await.unwrap_or_else(|_| Err(attempt.timed_out()));
                result.inspect_err(|error| trace::attempt_failed(&span, error))
            }
            Err(error) => Err(error),
        };
        let error = match result {
            Ok(value) => {
                environment.budget().refund();
                let attempts = history.attempts + 1;
                return Ok(Done {
                    value,
                    attempts,
                    earlier: history.outcome,
                    span: span.clone(),
                });
            }
            Err(error) => error,
        };
        if let (true, Some(token)) = (error.token_refused(), &used) {
            // So that no other call uses it.
            environment.invalidate(token.generation);
        }
        let verdict = history.judge(Failure {
            error: &error,
            time_left: deadline.left(),
            jitter: fastrand::f64(),
            budget: environment.budget(),
        });
        tracing::debug!(
            call = operation.name,
            attempt = history.attempts,
            kind = ?error.kind(),
            outcome = ?error.outcome(),
            ?verdict,
            "attempt failed"
        );
        match verdict {
            Verdict::RenewToken => refused = used.map(|token| (token, error)),
            Verdict::Wait(pause) => tokio::time::sleep(pause).await,
            Verdict::GiveUp => break (error, used),
        }
    };
    Err(error
        .with_call(operation.name)
        .with_attempts(history.attempts)
        .with_outcome(history.outcome)
        .with_repeatable(policy.idempotent)
        .without(&secrets(environment, token.as_ref())))
}

/// Returns a token if there is time left to use it.
async fn valid_token(environment: &impl Environment, deadline: Deadline) -> Result<Token, Error> {
    let is_over = || deadline.left().is_zero();
    let nothing_sent = || deadline.error(Outcome::NotSent);
    if is_over() {
        return Err(nothing_sent());
    }
    match timeout_at(deadline.at, environment.token()).await {
        Ok(Ok(token)) if !is_over() => Ok(token),
        Ok(Ok(_)) | Err(_) => Err(nothing_sent()),
        Ok(Err(error)) => Err(error.with_outcome(Outcome::NotSent)),
    }
}

fn is_same(refused: &Option<(Token, Error)>, token: &Token) -> bool {
    let refused = refused.as_ref();
    refused.is_some_and(|(refused, _)| refused.header == token.header)
}

/// Our credentials, which a server may quote.
pub(crate) fn secrets(environment: &impl Environment, token: Option<&Token>) -> Secrets {
    let token = token.and_then(Token::secret);
    Secrets::new(
        token
            .into_iter()
            .chain(environment.client_secret().map(Secret::expose)),
    )
}
