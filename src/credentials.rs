//! Where access tokens come from.

mod cache;

pub(crate) use self::cache::TokenCache;
#[cfg(test)]
pub(crate) use self::cache::{MIN_GAP, hold};

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tokio::time::Instant;

use crate::{Error, Secret};

const BEARER: &str = "Bearer ";

/// An access token of an environment, and for how long it can be used.
///
/// `Debug` does not show the token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token, for the header `authorization: Bearer …`.
    pub token: Secret,
    /// For how long it can be used, from the moment when it was returned. At most a year counts.
    pub expires_in: Duration,
}

impl AccessToken {
    /// Creates a token that can be used for this long from now on.
    pub fn new(token: impl Into<Secret>, expires_in: Duration) -> Self {
        Self {
            token: token.into(),
            expires_in,
        }
    }
}

/// The future of [`TokenSource::token`].
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<AccessToken, Error>> + Send + 'a>>;

/// A source of access tokens, for example a store in which many processes share one token.
///
/// A client with a source needs neither client id nor client secret: see
/// [`ClientBuilder::token_source`](crate::ClientBuilder::token_source). The client still keeps the
/// token, renews it before it expires, and requests one token at a time for all its calls. Another
/// client with the client credentials can fill the store: see
/// [`Client::access_token`](crate::Client::access_token).
///
/// ```
/// use std::time::Duration;
/// use scalekit::{AccessToken, Secret, TokenFuture, TokenSource};
///
/// struct Store; // for example a connection to Redis
/// # impl Store {
/// #     async fn read(&self) -> Option<(String, Duration)> { None }
/// #     async fn write(&self, token: &AccessToken) {}
/// # }
///
/// struct SharedToken {
///     store: Store,
///     credentials: scalekit::Client,
/// }
///
/// impl TokenSource for SharedToken {
///     fn token<'a>(&'a self, rejected: Option<&'a Secret>) -> TokenFuture<'a> {
///         Box::pin(async move {
///             match self.store.read().await {
///                 // Another process may have replaced the rejected token already.
///                 Some((token, ttl)) if Some(token.as_str()) != rejected.map(Secret::expose) => {
///                     Ok(AccessToken::new(token, ttl))
///                 }
///                 _ => {
///                     if let Some(rejected) = rejected {
///                         self.credentials.invalidate_access_token(rejected);
///                     }
///                     let token = self.credentials.access_token().await?;
///                     self.store.write(&token).await;
///                     Ok(token)
///                 }
///             }
///         })
///     }
/// }
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// Returns a token. `rejected` is the token that Scalekit rejected last, if that is why a new
    /// one is needed. If the source returns that token again, the call fails.
    ///
    /// It is called on the runtime of the call, with 10 s for each token. A client makes at most
    /// one such call at a time on each runtime, and at most four a second.
    ///
    /// # Errors
    /// The error of the call that needed the token. It is retried within the deadline of that call
    /// if its kind is [`Connection`](crate::ErrorKind::Connection) or
    /// [`ServiceUnavailable`](crate::ErrorKind::ServiceUnavailable): see [`Error::new`].
    fn token<'a>(&'a self, rejected: Option<&'a Secret>) -> TokenFuture<'a>;
}

/// A token source of the application.
#[derive(Clone)]
pub(crate) struct CustomSource(pub Arc<dyn TokenSource>);

impl fmt::Debug for CustomSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSource")
    }
}

/// Where the tokens of a client come from.
#[derive(Clone, Debug)]
pub(crate) enum Credentials {
    /// The environment's token endpoint.
    Client(ClientCredentials),
    /// A source of the application.
    Source(CustomSource),
}

impl Credentials {
    /// The client secret.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Client(credentials) => Some(&credentials.client_secret),
            Self::Source(_) => None,
        }
    }
}

/// The credentials for the environment's token endpoint.
#[derive(Clone)]
pub(crate) struct ClientCredentials {
    pub client_id: String,
    pub client_secret: Secret,
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A token of the cache, ready to be sent.
#[derive(Clone)]
pub(crate) struct Token {
    /// The whole `authorization` header, marked sensitive.
    pub header: HeaderValue,
    /// The number of the token request. Identifies the token when the server rejects it.
    pub generation: u64,
    /// From then on it is not used.
    pub expires_at: Instant,
}

impl Token {
    /// The token itself.
    pub fn secret(&self) -> Option<&str> {
        self.header.to_str().ok()?.strip_prefix(BEARER)
    }
}
