//! Macros that declare the builders of calls, so that all have the same methods and docs.

/// Declares the builder of a call: its type, the options of each call, and `IntoFuture`.
///
/// The request message is `self.call.request`. `send` is written by hand: see [`rpc_builder`] for a
/// call that is one RPC.
macro_rules! call_builder {
    ($(#[$meta:meta])* $name:ident($request:ty) -> $output:ty) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        #[must_use = "a call does nothing until it is awaited or sent"]
        pub struct $name {
            pub(crate) call: $crate::builder::Call<$request>,
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
            type IntoFuture = $crate::builder::CallFuture<$output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}
pub(crate) use call_builder;

/// Declares the builder of a call that is one RPC: all of [`call_builder`], `new` and `send`.
///
/// - `rpc`: the operation, its request message and its response message
/// - `request`: makes the message of the arguments. `?` returns the error when the call is sent
/// - `prepare`: optional; changes the call before it is sent
/// - `response`: makes the output of the response message
macro_rules! rpc_builder {
    (
        $(#[$meta:meta])*
        $name:ident($($argument:ident: $type:ty),*) -> $output:ty,
        rpc: $operation:ident($request:ty) -> $response:ty,
        request: $make:expr,
        $(prepare: $prepare:expr,)?
        response: $read:expr $(,)?
    ) => {
        $crate::builder::call_builder! {
            $(#[$meta])*
            $name($request) -> $output
        }

        impl $name {
            pub(crate) fn new(client: &$crate::Client, $($argument: $type),*) -> Self {
                fn request($($argument: $type),*) -> Result<$request, $crate::Error> {
                    $make
                }
                Self {
                    call: $crate::builder::Call::checked(client, request($($argument),*)),
                }
            }

            /// Sends the request.
            ///
            /// # Errors
            /// See the type.
            pub async fn send(self) -> Result<$output, $crate::Error> {
                let operation = &$crate::call::operations::$operation;
                let response: $response =
                    self.call$(.prepared($prepare))?.unary(operation).await?;
                let read: fn($response) -> Result<$output, $crate::Error> = $read;
                read(response).map_err(|error| error.with_call(operation.name))
            }
        }
    };
}
pub(crate) use rpc_builder;

/// The page in the response of a list call. Its items are converted by `Into`, or by `$read`.
macro_rules! page {
    ($response:ident.$items:ident) => {
        $crate::builder::page!($response.$items, |item| Ok(item.into()))
    };
    ($response:ident.$items:ident, $read:expr) => {{
        let items: Result<Vec<_>, $crate::Error> =
            $response.$items.into_iter().map($read).collect();
        items.map(|items| {
            $crate::Page::new(
                items,
                $response.total_size,
                $response.next_page_token,
                $response.prev_page_token,
            )
        })
    }};
}
pub(crate) use page;

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
        $crate::builder::text_setters!($name {
            #[doc = concat!("The organization that the account belongs to; at most ", $limit, " characters.")]
            organization_id => [organization_id];
            #[doc = concat!("The Scalekit user that the account belongs to; at most ", $limit, " characters.")]
            user_id => [user_id];
        });
    };
}
pub(crate) use owner_setters;

/// A request message about one account, with its connection name and identifier or with its id, and
/// further fields. Returns the error of a blank reference.
macro_rules! account_request {
    ($account:expr => $($message:ident)::+ { $id:ident $(, $field:ident: $value:expr)* $(,)? }) => {{
        let account = $account.into_fields()?;
        $($message)::+ {
            connector: account.connector,
            identifier: account.identifier,
            $id: account.id,
            $($field: $value,)*
            ..Default::default()
        }
    }};
}
pub(crate) use account_request;

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
