//! Sends a request, with retries, and keeps what is known about its response.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderValue, StatusCode};
use tracing::Span;

use crate::call::{Attempt, Deadline, RetryPolicy, operations, run, secrets};
use crate::credentials::Token;
use crate::transport::{Connections, HttpRequest, HttpStream, Proxied, retry_after};
use crate::{Client, Error, Outcome};

/// A request that is ready to be sent.
pub(super) struct Prepared {
    pub(super) client: Client,
    pub(super) policy: RetryPolicy,
    pub(super) deadline: Deadline,
    pub(super) request: HttpRequest,
}

impl Prepared {
    pub(super) async fn run<T>(
        &self,
        read: impl AsyncFn(&Connections, HttpStream) -> Result<T, Error>,
    ) -> Result<(T, Origin), Error> {
        let (client, read) = (&self.client, &read);
        let policy = self.policy;
        let attempt = &Attempt::until(self.deadline);
        let waits = !policy.wait_on_rate_limit.is_zero();
        // The response of the last attempt, if it is an error for the engine to wait on.
        let limited = &Mutex::new(None);
        let send = |token: Token| {
            let request = self.request.clone();
            async move {
                let connections = client.connections()?;
                let Proxied { response, error } =
                    connections.proxy(request, token.clone(), attempt).await?;
                let error = error.map(|error| error.without(&secrets(client, Some(&token))));
                let status = response.status();
                let is_limited = waits && status == StatusCode::TOO_MANY_REQUESTS;
                let failed =
                    is_limited.then(|| failure(error.as_ref(), status, response.headers()));
                let received = Received {
                    response: read(connections, response).await?,
                    status,
                    error,
                };
                match failed {
                    None => Ok(received),
                    Some(failed) => {
                        *lock(limited) = Some(received);
                        Err(failed)
                    }
                }
            }
        };
        let describe = |span: &Span| self.record(span);
        let call = run(
            client,
            &operations::REQUEST,
            policy,
            attempt,
            describe,
            send,
        );
        // Boxed for the same reason as in `Call::unary`.
        let (received, attempts, earlier) = match Box::pin(call).await {
            Ok(done) => {
                let status = done.value.status.as_u16();
                done.span.record("http.response.status_code", status);
                (done.value, done.attempts, done.earlier)
            }
            Err(error) => match lock(limited).take() {
                Some(received) if error.is_rate_limited() => {
                    (received, error.attempts(), error.outcome())
                }
                _ => return Err(error),
            },
        };
        let origin = Origin {
            attempts,
            earlier,
            is_repeatable: policy.idempotent,
            error: received.error,
        };
        Ok((received.response, origin))
    }

    fn record(&self, span: &Span) {
        span.record("http.request.method", self.request.method.as_str());
        let connection_name = self.request.headers.get("connection_name");
        if let Some(Ok(name)) = connection_name.map(HeaderValue::to_str) {
            span.record("scalekit.connection_name", name);
        }
    }
}

/// A response that has been read.
struct Received<T> {
    response: T,
    status: StatusCode,
    /// Scalekit's error, if Scalekit responded and not the provider.
    error: Option<Error>,
}

/// Scalekit's error, or that of a provider that responded with an error status.
fn failure(scalekit: Option<&Error>, status: StatusCode, headers: &HeaderMap) -> Error {
    scalekit
        .cloned()
        .unwrap_or_else(|| Error::provider(status.as_u16()).with_retry_after(retry_after(headers)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known about a response besides the response itself.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) attempts: u32,
    /// Whether an earlier attempt may have taken effect.
    earlier: Outcome,
    pub(super) is_repeatable: bool,
    /// Scalekit's error, if Scalekit responded and not the provider.
    error: Option<Error>,
}

impl Origin {
    /// Ok for a status below 400, otherwise the error of Scalekit or of the provider.
    pub(super) fn check(&self, status: StatusCode, headers: &HeaderMap) -> Result<(), Error> {
        if !status.is_client_error() && !status.is_server_error() {
            return Ok(());
        }
        let error = failure(self.error.as_ref(), status, headers);
        let outcome = self.earlier.or(error.outcome());
        Err(error
            .with_call(operations::REQUEST.name)
            .with_outcome(outcome)
            .with_attempts(self.attempts)
            .with_repeatable(self.is_repeatable))
    }
}
