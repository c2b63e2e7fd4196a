//! How any call is made: under one deadline, with a valid token, repeated only where that is safe.

mod builder;
mod operation;
mod retry;
#[cfg(test)]
mod tests;

pub(crate) use builder::{
    Call, CallFuture, account_setter, call_builder, leave_out_empty, may_be_idempotent,
    owner_setters, pageable, text_setters,
};
pub(crate) use operation::{Class, Operation, operations};
pub(crate) use retry::{RetryBudget, RetryPolicy};

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::credentials::Token;
use crate::duration::deadline;
use crate::{Error, ErrorKind, Outcome, Secret};
use retry::{Failure, Verdict};

/// What a caller set for one call, apart from the request itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallOptions {
    pub timeout: Option<Duration>,
    pub max_attempts: Option<u32>,
    pub idempotent: bool,
}

/// What a call needs from the client besides the wire.
pub(crate) trait Environment {
    /// The token to use now.
    fn token(&self) -> impl Future<Output = Result<Token, Error>> + Send;
    /// The server refused the token of this generation.
    fn invalidate(&self, generation: u64);
    /// The budget that all repeats of this client share.
    fn budget(&self) -> &RetryBudget;
    /// What no error may repeat, besides the token.
    fn client_secret(&self) -> &Secret;
}

/// What a call came to.
pub(crate) struct Done<T> {
    pub value: T,
    pub attempts: u32,
}

/// Makes a call: `attempt` is run until it succeeds or must not be run again.
///
/// Token, attempts and waits share `timeout`. The outcome of the error is that of the whole call:
/// once an attempt may have happened, a later one that was not sent does not change that.
pub(crate) async fn run<T, F>(
    environment: &impl Environment,
    operation: &Operation,
    policy: RetryPolicy,
    timeout: Duration,
    attempt: impl Fn(Token, Instant) -> F,
) -> Result<Done<T>, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let deadline = deadline(timeout);
    let mut history = retry::History::new(policy);
    loop {
        let mut used = None;
        let result = match timeout_at(deadline, environment.token()).await {
            Ok(Ok(token)) => {
                used = Some(token.clone());
                timeout_at(deadline, attempt(token, deadline))
                    .await
                    .unwrap_or_else(|_| Err(Error::timeout(Outcome::Unknown, timeout)))
            }
            Ok(Err(error)) => Err(error.with_outcome(Outcome::NotSent)),
            Err(_) => Err(Error::timeout(Outcome::NotSent, timeout)),
        };
        let error = match result {
            Ok(value) => {
                environment.budget().refund();
                let attempts = history.attempts + 1;
                return Ok(Done { value, attempts });
            }
            Err(error) => error,
        };
        let verdict = history.judge(Failure {
            error: &error,
            had_token: used.is_some(),
            time_left: deadline.saturating_duration_since(Instant::now()),
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
            Verdict::RenewToken => {
                if let Some(token) = used {
                    environment.invalidate(token.generation);
                }
            }
            Verdict::Wait(pause) => tokio::time::sleep(pause).await,
            Verdict::GiveUp => {
                // A server that quotes what it got would otherwise put our secrets into logs.
                let token = used.as_ref().and_then(Token::secret);
                let secret = environment.client_secret().expose();
                return Err(error
                    .with_call(operation.name)
                    .with_attempts(history.attempts)
                    .with_outcome(history.outcome)
                    .without(token.into_iter().chain([secret])));
            }
        }
    }
}

/// Whether the server refused our own token, as opposed to a tool's provider refusing the user's.
fn refused_our_token(error: &Error) -> bool {
    error.kind() == ErrorKind::Unauthorized && error.outcome() == Outcome::Rejected
}
