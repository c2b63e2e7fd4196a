//! What all builders of calls share: the request message, the options, and how it is sent.

mod macros;

pub(crate) use macros::{
    account_request, account_setter, call_builder, may_be_idempotent, owner_setters, page,
    pageable, rpc_builder, text_setters,
};

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use prost::Message;
use tracing::Span;

use crate::call::{Attempt, CallOptions, Done, Operation, run};
use crate::error::Secrets;
use crate::transport::{self, Framed};
use crate::{Client, Error};

/// The future of a call that is awaited directly.
pub(crate) type CallFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A call that is being built. `Debug` does not show the request, which can contain credentials.
#[derive(Clone)]
pub(crate) struct Call<R> {
    pub client: Client,
    pub request: R,
    pub options: CallOptions,
    /// The first invalid input. Setters cannot fail, so that sending does.
    invalid: Option<Error>,
}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("client", &self.client)
            .field("options", &self.options)
            .field("invalid", &self.invalid)
            .finish_non_exhaustive()
    }
}

impl<R> Call<R> {
    pub fn new(client: &Client, request: R) -> Self {
        Self {
            client: client.clone(),
            request,
            options: CallOptions::default(),
            invalid: None,
        }
    }

    /// A call whose arguments may be invalid.
    pub fn checked(client: &Client, request: Result<R, Error>) -> Self
    where
        R: Default,
    {
        let mut call = Self::new(client, R::default());
        if let Some(request) = call.check(request) {
            call.request = request;
        }
        call
    }

    /// Returns the value, or stores the error for when the call is sent.
    pub fn check<T>(&mut self, value: Result<T, Error>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(error) => {
                self.invalid.get_or_insert(error);
                None
            }
        }
    }

    /// Changes the call before it is sent.
    pub fn prepared(mut self, prepare: fn(&mut Self)) -> Self {
        prepare(&mut self);
        self
    }

    /// Returns the stored error, before anything is sent.
    pub fn validate(&self, operation: &Operation) -> Result<(), Error> {
        match &self.invalid {
            Some(error) => Err(error.clone().with_call(operation.name)),
            None => Ok(()),
        }
    }
}

impl<R: Message> Call<R> {
    /// Sends the request as an RPC.
    pub async fn unary<M: Message + Default>(self, operation: &Operation) -> Result<M, Error> {
        let Self {
            client,
            request,
            options,
            invalid,
        } = self;
        let message = match invalid {
            Some(error) => Err(error),
            None => Framed::new(&request),
        };
        // Boxed, so that the futures of the calls stay small.
        let done = Box::pin(unary(client, operation, options, message)).await?;
        transport::decode(done.value)
            .map_err(|error| error.with_call(operation.name).with_attempts(done.attempts))
    }
}

/// The part that is the same for all RPCs, compiled once.
async fn unary(
    client: Client,
    operation: &Operation,
    options: CallOptions,
    message: Result<Framed, Error>,
) -> Result<Done<Bytes>, Error> {
    let message = message.map_err(|error| error.with_call(operation.name))?;
    let policy = client.retry_policy(operation, &options);
    let attempt = Attempt::until(client.deadline(operation, &options));
    client.warm_up();
    let describe = |span: &Span| transport::record_request(span, operation.path, message.message());
    run(&client, operation, policy, &attempt, describe, |token| {
        let message = message.clone();
        let (client, attempt) = (&client, &attempt);
        async move {
            let connections = client.connections()?;
            connections.unary(operation, message, token, attempt).await
        }
    })
    .await
    .inspect(|done| transport::record_response(&done.span, operation.path, &done.value))
    .map_err(|error| {
        let in_request = transport::secrets(operation.path, message.message());
        error.without(&Secrets::new(in_request.iter().map(String::as_str)))
    })
}

/// Removes an empty filter. With REST, the fields of a filter are query parameters, so that an
/// empty filter has no defined form.
pub(crate) fn leave_out_empty<F: Default + PartialEq>(filter: &mut Option<F>) {
    filter.take_if(|filter| *filter == F::default());
}
