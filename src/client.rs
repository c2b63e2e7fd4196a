//! The client: configuration, and the state that all calls share.

mod builder;
mod settings;

pub use self::builder::ClientBuilder;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

#[cfg(feature = "unstable-raw")]
use ::http::Uri;

use crate::actions::Actions;
use crate::call::{self, CallOptions, Class, Deadline, Operation, RetryBudget, RetryPolicy};
use crate::credentials::{ClientCredentials, Token, TokenSource};
use crate::mcp::Mcp;
use crate::providers::Providers;
use crate::tools::Tools;
use crate::transport::{Connections, TransportConfig};
use crate::{Error, Secret};

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
    credentials: ClientCredentials,
    tokens: Arc<TokenSource>,
    budget: RetryBudget,
    timeouts: Timeouts,
    max_attempts: u32,
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
}

impl call::Environment for Client {
    async fn token(&self) -> Result<Token, Error> {
        let fetch = || {
            let client = self.clone();
            async move {
                let credentials = &client.core.credentials;
                client.connections()?.fetch_token(credentials).await
            }
        };
        self.core.tokens.token(fetch).await
    }

    fn invalidate(&self, generation: u64) {
        self.core.tokens.invalidate(generation);
    }

    fn budget(&self) -> &RetryBudget {
        &self.core.budget
    }

    fn client_secret(&self) -> &Secret {
        &self.core.credentials.client_secret
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
