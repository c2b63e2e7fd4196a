//! How any call is made: under one deadline, with a valid token, repeated only where that is safe.

mod builder;
mod operation;
mod retry;

pub(crate) use builder::{
    Call, CallFuture, account_setter, call_builder, may_be_idempotent, owner_setters, pageable,
    text_setters,
};
pub(crate) use operation::{Class, Operation, operations};
pub(crate) use retry::RetryBudget;

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::credentials::Token;
use crate::{Error, ErrorKind, Outcome};
use retry::Verdict;

/// What a caller set for one call, apart from the request itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallOptions {
    pub timeout: Option<Duration>,
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
}

/// Makes a call: `attempt` is run until it succeeds or must not be run again.
///
/// Token, attempts and waits share `timeout`. The outcome of the error is that of the whole call:
/// once an attempt may have happened, a later one that was not sent does not change that.
pub(crate) async fn run<T, F>(
    environment: &impl Environment,
    operation: &Operation,
    idempotent: bool,
    timeout: Duration,
    attempt: impl Fn(Token, Instant) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let deadline = Instant::now() + timeout;
    let mut history = retry::History::new(idempotent);
    loop {
        history.attempts += 1;
        let mut used = None;
        let result = match timeout_at(deadline, environment.token()).await {
            Ok(Ok(token)) => {
                used = Some(token.generation);
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
                return Ok(value);
            }
            Err(error) => error,
        };
        let verdict = history.judge(&error, used.is_some(), deadline, environment.budget());
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
                if let Some(generation) = used {
                    environment.invalidate(generation);
                }
            }
            Verdict::Wait(pause) => tokio::time::sleep(pause).await,
            Verdict::GiveUp => {
                return Err(error
                    .with_call(operation.name)
                    .with_attempts(history.attempts)
                    .with_outcome(history.outcome));
            }
        }
    }
}

/// Whether the server refused our own token, as opposed to a tool's provider refusing the user's.
fn refused_our_token(error: &Error) -> bool {
    error.kind() == ErrorKind::Unauthorized && error.outcome() == Outcome::Rejected
}
