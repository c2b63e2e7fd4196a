//! Sends a request, with retries, and keeps what is known about its response.

use http::{HeaderMap, StatusCode};

use crate::call::{Attempt, Deadline, RetryPolicy, operations, run, secrets};
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
        let call = run(client, &operations::REQUEST, policy, attempt, |token| {
            let request = self.request.clone();
            async move {
                let connections = client.connections()?;
                let Proxied { response, error } =
                    connections.proxy(request, token.clone(), attempt).await?;
                let error = error.map(|error| error.without(&secrets(client, Some(&token))));
                Ok((read(connections, response).await?, error))
            }
        });
        // Boxed for the same reason as in `Call::unary`.
        let done = Box::pin(call).await?;
        let (response, error) = done.value;
        let origin = Origin {
            attempts: done.attempts,
            earlier: done.earlier,
            is_repeatable: policy.idempotent,
            error,
        };
        Ok((response, origin))
    }
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
        let error = self.error.clone().unwrap_or_else(|| {
            Error::provider(status.as_u16()).with_retry_after(retry_after(headers))
        });
        let outcome = self.earlier.or(error.outcome());
        Err(error
            .with_call(operations::REQUEST.name)
            .with_outcome(outcome)
            .with_attempts(self.attempts)
            .with_repeatable(self.is_repeatable))
    }
}
