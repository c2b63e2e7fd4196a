//! What all builders share: the request message, the options, and how it is sent.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use prost::Message;
use tracing::Span;

use super::{Attempt, CallOptions, Done, Operation, run};
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

/// Declares the builder of a call: its type, the options of each call, and `IntoFuture`.
///
/// The request message is `self.call.request`. `send` is written by hand.
macro_rules! call_builder {
    ($(#[$meta:meta])* $name:ident($request:ty) -> $output:ty) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        #[must_use = "a call does nothing until it is awaited or sent"]
        pub struct $name {
            call: $crate::call::Call<$request>,
        }

        impl $name {
            /// The deadline of this call, instead of the client's default. It covers token,
            /// connect, all attempts and reading the response.
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.call.options.timeout = Some(timeout);
                self
            }

            /// The maximum number of attempts of this call, including the first, instead of the
            /// client's default. 1 disables retries. Unsafe retries are never made.
            pub fn max_attempts(mut self, attempts: u32) -> Self {
                self.call.options.max_attempts = Some(attempts);
                self
            }

            /// Waits and retries if the call is rejected by a rate limit, for at most this long in
            /// total, instead of the client's default: see
            /// [`ClientBuilder::wait_on_rate_limit`]($crate::ClientBuilder::wait_on_rate_limit).
            pub fn wait_on_rate_limit(mut self, max: std::time::Duration) -> Self {
                self.call.options.wait_on_rate_limit = Some(max);
                self
            }
        }

        impl IntoFuture for $name {
            type Output = Result<$output, $crate::Error>;
            type IntoFuture = $crate::call::CallFuture<$output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}
pub(crate) use call_builder;

/// Adds `idempotent` to the builder of a call that is not idempotent by default.
macro_rules! may_be_idempotent {
    ($name:ident) => {
        impl $name {
            /// Declares that doing this twice has the same effect as doing it once, so that it is
            /// also retried after a failure that leaves open whether it took effect; `false` by
            /// default.
            pub fn idempotent(mut self, idempotent: bool) -> Self {
                self.call.options.idempotent = idempotent;
                self
            }
        }
    };
}
pub(crate) use may_be_idempotent;

/// Adds setters for string fields of the request message.
macro_rules! text_setters {
    ($name:ident { $( $(#[$meta:meta])* $method:ident => [$($field:tt)+]; )+ }) => {
        impl $name {
            $(
                $(#[$meta])*
                pub fn $method(mut self, value: impl Into<String>) -> Self {
                    let value: String = value.into();
                    self.call.request.$($field)+ = value.into();
                    self
                }
            )+
        }
    };
}
pub(crate) use text_setters;

/// Adds `organization_id` and `user_id`.
macro_rules! owner_setters {
    ($name:ident, $limit:literal) => {
        $crate::call::text_setters!($name {
            #[doc = concat!("The organization that the account belongs to; at most ", $limit, " characters.")]
            organization_id => [organization_id];
            #[doc = concat!("The Scalekit user that the account belongs to; at most ", $limit, " characters.")]
            user_id => [user_id];
        });
    };
}
pub(crate) use owner_setters;

/// Adds `account` to a builder that also has setters for its three fields.
macro_rules! account_setter {
    ($name:ident) => {
        impl $name {
            /// The account: an id, or a connection name and an identifier. Replaces earlier values
            /// of these three fields.
            pub fn account(mut self, account: impl Into<$crate::AccountRef>) -> Self {
                if let Some(account) = self.call.check(account.into().into_fields()) {
                    self.call.request.connector = account.connector;
                    self.call.request.identifier = account.identifier;
                    self.call.request.connected_account_id = account.id;
                }
                self
            }
        }
    };
}
pub(crate) use account_setter;

/// Adds `page_size`, `page_token`, `pages` and `items` to the builder of a list call.
macro_rules! pageable {
    ($name:ident of $item:ty, $(#[$size_doc:meta])+) => {
        impl $name {
            $(#[$size_doc])+
            pub fn page_size(mut self, size: u32) -> Self {
                self.call.request.page_size = size;
                self
            }

            /// The token of the page to request, from an earlier page.
            pub fn page_token(mut self, token: impl Into<String>) -> Self {
                self.call.request.page_token = token.into();
                self
            }

            /// Returns this page and all following pages. Each is requested when it is needed.
            pub fn pages(self) -> $crate::Pages<$item> {
                let first = (!self.call.request.page_token.is_empty())
                    .then(|| self.call.request.page_token.clone());
                $crate::Pages::new(first, move |token| {
                    let mut page = self.clone();
                    page.call.request.page_token = token.unwrap_or_default();
                    Box::pin(page.send())
                })
            }

            /// Returns all items from this page on, requested page by page.
            pub fn items(self) -> $crate::Items<$item> {
                $crate::Items::new(self.pages())
            }
        }
    };
}
pub(crate) use pageable;
