//! The client: configuration, and the state that all calls share.

mod builder;
mod settings;

pub use self::builder::ClientBuilder;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

#[cfg(feature = "unstable-raw")]
use ::http::Uri;
use tokio::time::Instant;

use crate::actions::Actions;
use crate::call::{
    self, Attempt, CallOptions, Class, Deadline, Endpoint, Operation, RetryBudget, RetryPolicy,
};
use crate::credentials::{AccessToken, Credentials, Token, TokenCache};
use crate::mcp::Mcp;
use crate::providers::Providers;
use crate::tools::Tools;
use crate::transport::{Connections, Transport, TransportConfig};
use crate::{Error, Secret};

/// [`Client::access_token`].
const ACCESS_TOKEN: Operation = Operation {
    name: "access_token",
    path: "",
    idempotent: true,
    class: Class::Control,
};

/// A client of one Scalekit environment.
///
/// A client is cheap to clone. Clones share connections, access token and retry budget: create one
/// client and clone it for every task. Creating a client does no I/O and needs no runtime. The
/// first call connects. Calls need a tokio runtime.
///
/// ```no_run
/// # async fn run() -> Result<(), scalekit::Error> {
/// let client = scalekit::Client::from_env()?;
/// let link = client.actions().get_authorization_link(("gmail", "alice@example.com")).await?;
/// println!("{}", link.link);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    core: Arc<Core>,
}

struct Core {
    config: TransportConfig,
    connections: OnceLock<Connections>,
    credentials: Credentials,
    tokens: Arc<TokenCache>,
    budget: RetryBudget,
    timeouts: Timeouts,
    max_attempts: u32,
    wait_on_rate_limit: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Timeouts {
    control: Duration,
    tool: Duration,
    proxy: Duration,
}

impl Client {
    /// Creates a client from the variables `SCALEKIT_ENV_URL` (or `SCALEKIT_ENVIRONMENT_URL`),
    /// `SCALEKIT_CLIENT_ID` and `SCALEKIT_CLIENT_SECRET`. Leading and trailing blanks are ignored.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a variable is missing or invalid. The
    /// error names it.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Returns a builder, to configure the client in code.
    ///
    /// ```
    /// let client = scalekit::Client::builder()
    ///     .env_url("https://acme.scalekit.dev")
    ///     .client_id("skc_123")
    ///     .client_secret("test_secret")
    ///     .build()?;
    /// # Ok::<(), scalekit::Error>(())
    /// ```
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Connected accounts, authorization, tool execution, proxied requests.
    pub fn actions(&self) -> Actions {
        Actions::new(self.clone())
    }

    /// Lists and search of tools.
    pub fn tools(&self) -> Tools {
        Tools::new(self.clone())
    }

    /// MCP server configurations and session tokens.
    pub fn mcp(&self) -> Mcp {
        Mcp::new(self.clone())
    }

    /// Custom providers.
    pub fn providers(&self) -> Providers {
        Providers::new(self.clone())
    }

    /// Returns the access token that calls use now, for requests to the environment that this crate
    /// does not cover. Requests one if there is none.
    ///
    /// Keep it no longer than [`expires_in`](AccessToken::expires_in). If the server rejects it,
    /// call [`invalidate_access_token`](Self::invalidate_access_token) before you get the next one.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let token = client.access_token().await?;
    /// let authorization = format!("Bearer {}", token.token.expose());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Retried after transient failures, within the client's [`timeout`](ClientBuilder::timeout).
    ///
    /// # Errors
    /// `Unauthorized` if the token endpoint rejects the client credentials, `Config` if there is no
    /// token endpoint at the URL, `Connection` and `ServiceUnavailable` if it cannot be reached.
    pub async fn access_token(&self) -> Result<AccessToken, Error> {
        let options = CallOptions::default();
        let attempt = Attempt::until(self.deadline(&ACCESS_TOKEN, &options));
        let policy = self.retry_policy(&ACCESS_TOKEN, &options);
        let describe = |_: &tracing::Span| {};
        let done = call::run(
            self,
            &ACCESS_TOKEN,
            policy,
            &attempt,
            describe,
            async |token| Ok(token),
        )
        .await?;
        let token = done.value;
        let expires_in = token.expires_at.saturating_duration_since(Instant::now());
        Ok(AccessToken::new(
            token.secret().unwrap_or_default(),
            expires_in,
        ))
    }

    /// Drops an access token that the server rejected, so that the next call requests another one.
    /// Does nothing if the client has another one already.
    pub fn invalidate_access_token(&self, rejected: &Secret) {
        self.core.tokens.invalidate_token(rejected);
    }

    /// The generated clients, for RPCs that have no method of their own.
    #[cfg(feature = "unstable-raw")]
    pub fn raw(&self) -> crate::raw::Raw {
        crate::raw::Raw::new(self.clone())
    }

    #[cfg(feature = "unstable-raw")]
    pub(crate) fn env_url(&self) -> &Uri {
        &self.core.config.env_url
    }

    /// The outbound proxy.
    #[cfg(all(feature = "raw-rest", feature = "proxy"))]
    pub(crate) fn outbound_proxy(&self) -> Option<&crate::transport::OutboundProxy> {
        self.core.config.proxy.as_ref()
    }

    /// The TLS configuration of connections to the environment.
    #[cfg(feature = "raw-rest")]
    pub(crate) fn tls(&self) -> Result<rustls::ClientConfig, Error> {
        crate::transport::client_config(&self.core.config)
    }

    pub(crate) fn default_timeout(&self, class: Class) -> Duration {
        let timeouts = &self.core.timeouts;
        match class {
            Class::Control => timeouts.control,
            Class::Tool => timeouts.tool,
            Class::Proxy => timeouts.proxy,
        }
    }

    /// The deadline of a call that starts now.
    pub(crate) fn deadline(&self, operation: &Operation, options: &CallOptions) -> Deadline {
        let timeout = || self.default_timeout(operation.class);
        options
            .deadline
            .unwrap_or_else(|| Deadline::after(options.timeout.unwrap_or_else(timeout)))
    }

    /// The number of attempts of a call, and whether it is idempotent.
    pub(crate) fn retry_policy(&self, operation: &Operation, options: &CallOptions) -> RetryPolicy {
        RetryPolicy {
            idempotent: operation.idempotent || options.idempotent,
            max_attempts: options.max_attempts.unwrap_or(self.core.max_attempts),
            wait_on_rate_limit: options
                .wait_on_rate_limit
                .unwrap_or(self.core.wait_on_rate_limit),
        }
    }

    /// The connections. The first call creates them, which reads the platform's root certificates.
    pub(crate) fn connections(&self) -> Result<&Connections, Error> {
        if let Some(connections) = self.core.connections.get() {
            return Ok(connections);
        }
        let connections = Connections::new(self.core.config.clone())?;
        // If two first calls race, the loser's pool, which has no connections yet, is dropped.
        Ok(self.core.connections.get_or_init(|| connections))
    }

    /// Connects while the first call requests its token.
    pub(crate) fn warm_up(&self) {
        // An error is that of the call.
        if self.core.connections.get().is_none()
            && let Ok(connections) = self.connections()
        {
            connections.warm_up();
        }
    }

    async fn request_token(self) -> Result<AccessToken, Error> {
        match &self.core.credentials {
            Credentials::Client(credentials) => self.connections()?.fetch_token(credentials).await,
            Credentials::Source(source) => {
                source.0.token(self.core.tokens.rejected().as_ref()).await
            }
        }
    }
}

impl call::Environment for Client {
    async fn token(&self) -> Result<Token, Error> {
        let fetch = || self.clone().request_token();
        self.core.tokens.token(fetch).await
    }

    fn invalidate(&self, generation: u64) {
        self.core.tokens.invalidate(generation);
    }

    fn budget(&self) -> &RetryBudget {
        &self.core.budget
    }

    fn client_secret(&self) -> Option<&Secret> {
        self.core.credentials.secret()
    }

    fn endpoint(&self) -> Endpoint<'_> {
        let TransportConfig {
            env_url, transport, ..
        } = &self.core.config;
        let default_port = match env_url.scheme_str() {
            Some("http") => 80,
            _ => 443,
        };
        Endpoint {
            host: env_url.host().unwrap_or_default(),
            port: env_url.port_u16().unwrap_or(default_port),
            rpc_system: (*transport == Transport::Grpc).then_some("grpc"),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Client");
        text.field("env_url", &self.core.config.env_url)
            .field("transport", &self.core.config.transport);
        #[cfg(feature = "proxy")]
        text.field("proxy", &self.core.config.proxy);
        text.field("credentials", &self.core.credentials)
            .field("timeouts", &self.core.timeouts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_cheap_to_share() {
        fn shared<T: Clone + Send + Sync + 'static>() {}
        shared::<Client>();
    }
}
