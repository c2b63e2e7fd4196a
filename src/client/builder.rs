//! The builder of a client: its settings and their defaults.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ::http::HeaderMap;

use super::settings::{
    check_text, missing, parse_certificates, parse_env_url, required, user_agent, variable,
};
use super::{Client, Core, Timeouts};
use crate::call::{Class, RetryBudget};
use crate::credentials::{ClientCredentials, Credentials, CustomSource, TokenSource};
use crate::duration::{bounded, positive};
#[cfg(feature = "proxy")]
use crate::transport::ProxySetting;
use crate::transport::{
    self, ClientCertificate, PemPair, RequestHeaders, Transport, TransportConfig,
};
use crate::{Error, Secret};

const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Three attempts are enough for the restart of a server. More would add load to a failing service.
const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// Bounds memory. All documented responses are far smaller.
const DEFAULT_MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

/// Configures a [`Client`].
///
/// `Debug` does not show the client secret, or a client certificate and its key.
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    env_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    token_source: Option<CustomSource>,
    request_headers: Option<RequestHeaders>,
    user_agent_suffix: Option<String>,
    root_certificates_pem: Vec<Vec<u8>>,
    client_certificate_pem: Option<PemPair>,
    allow_http: bool,
    transport: Transport,
    connect_timeout: Duration,
    keep_alive_interval: Duration,
    keep_alive_timeout: Duration,
    max_response_bytes: usize,
    connections: usize,
    #[cfg(feature = "proxy")]
    proxy: ProxySetting,
    #[cfg(feature = "proxy")]
    proxy_exceptions: String,
    max_attempts: u32,
    wait_on_rate_limit: Duration,
    timeouts: Timeouts,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            env_url: None,
            client_id: None,
            client_secret: None,
            token_source: None,
            request_headers: None,
            user_agent_suffix: None,
            root_certificates_pem: Vec::new(),
            client_certificate_pem: None,
            allow_http: false,
            transport: Transport::default(),
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            keep_alive_interval: transport::PING_INTERVAL,
            keep_alive_timeout: transport::PING_TIMEOUT,
            max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
            connections: 1,
            #[cfg(feature = "proxy")]
            proxy: ProxySetting::default(),
            #[cfg(feature = "proxy")]
            proxy_exceptions: String::new(),
            max_attempts: DEFAULT_MAX_ATTEMPTS,
            wait_on_rate_limit: Duration::ZERO,
            timeouts: Timeouts {
                control: Class::Control.default_timeout(),
                tool: Class::Tool.default_timeout(),
                proxy: Class::Proxy.default_timeout(),
            },
        }
    }
}

impl ClientBuilder {
    /// Creates a builder from the variables that [`Client::from_env`] reads.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a variable is missing or not UTF-8. The
    /// error names it.
    pub fn from_env() -> Result<Self, Error> {
        let env_url = match variable("SCALEKIT_ENV_URL") {
            Ok(url) => url,
            Err(missing) => variable("SCALEKIT_ENVIRONMENT_URL").map_err(|_| missing)?,
        };
        Ok(Self::default()
            .env_url(env_url)
            .client_id(variable("SCALEKIT_CLIENT_ID")?)
            .client_secret(variable("SCALEKIT_CLIENT_SECRET")?))
    }

    /// The URL of the environment, such as `https://acme.scalekit.dev`. Required.
    pub fn env_url(mut self, url: impl Into<String>) -> Self {
        self.env_url = Some(url.into());
        self
    }

    /// The client id, `skc_…`. Required, unless there is a [`token_source`](Self::token_source).
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// The client secret. Required, unless there is a [`token_source`](Self::token_source).
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// Gets access tokens from this source instead of requesting them with client id and client
    /// secret, which are then ignored.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.token_source = Some(CustomSource(Arc::new(source)));
        self
    }

    /// Calls a function that adds headers to each request, for example the context of a trace. It
    /// runs once per attempt, within the `tracing` span of the attempt, and must not block.
    ///
    /// Headers that a request already has are kept. A header that the client, the proxy or HTTP
    /// itself sets is an error of the call, of kind `Config`. The headers of a proxied request are
    /// passed on to the provider.
    ///
    /// ```
    /// # use scalekit::ClientBuilder;
    /// # fn set(builder: ClientBuilder) -> ClientBuilder {
    /// builder.request_headers(|headers| {
    ///     let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    ///     if let Ok(context) = context.parse() {
    ///         headers.insert("traceparent", context);
    ///     }
    /// })
    /// # }
    /// ```
    pub fn request_headers(
        mut self,
        headers: impl Fn(&mut HeaderMap) + Send + Sync + 'static,
    ) -> Self {
        self.request_headers = Some(RequestHeaders(Arc::new(headers)));
        self
    }

    /// Appends to the `user-agent` header of all requests, for example `my-agent/1.2`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Adds trusted root certificates in PEM, besides those of the features `native-roots` and
    /// `webpki-roots`. Without these features, only certificates set here are trusted. Can be called
    /// several times.
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates_pem.push(pem.into());
        self
    }

    /// Authenticates the client with a certificate (mutual TLS), for all requests: gRPC, REST, the
    /// token endpoint and proxied requests. Scalekit does not ask for one; a gateway in front of it
    /// may.
    ///
    /// `chain` is the client's certificate in PEM, followed by intermediate certificates.
    /// `private_key` is its key in PEM: PKCS #8, PKCS #1 or SEC 1, not encrypted.
    /// [`build`](Self::build) fails with a [`Config`](crate::ErrorKind::Config) error if one of them
    /// cannot be used, or if they do not belong together.
    ///
    /// ```no_run
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = scalekit::ClientBuilder::from_env()?
    ///     .client_certificate_pem(std::fs::read("client.pem")?, std::fs::read_to_string("client.key")?)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn client_certificate_pem(
        mut self,
        chain: impl Into<Vec<u8>>,
        private_key: impl Into<Secret>,
    ) -> Self {
        self.client_certificate_pem = Some(PemPair {
            chain: chain.into().into(),
            key: private_key.into(),
        });
        self
    }

    /// Allows `http://` for any host; `false` by default. Otherwise only loopback addresses may use
    /// it, because it sends the client secret in plain text.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// The protocol of the calls; [`Transport::Grpc`] by default.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// The timeout for connecting, including an outbound proxy and TLS; 10 s by default. It must
    /// not be zero. Like all durations of a client, it is at most a year.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The interval of HTTP/2 keep-alive pings, also on idle connections; 60 s by default.
    ///
    /// The service closes connections with intervals below 30 s.
    pub fn keep_alive_interval(mut self, interval: Duration) -> Self {
        self.keep_alive_interval = interval;
        self
    }

    /// The timeout of a keep-alive ping, after which the connection is closed; 10 s by default.
    pub fn keep_alive_timeout(mut self, timeout: Duration) -> Self {
        self.keep_alive_timeout = timeout;
        self
    }

    /// The maximum size of a response body in bytes; 64 MiB by default. A larger response is a
    /// `Decode` error. The call may already have taken effect.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// The number of HTTP/2 connections for gRPC calls; 1 by default, at least 1. A call uses the
    /// connection with the fewest calls in flight.
    ///
    /// More connections help a client with hundreds of concurrent calls: one task drives each
    /// connection, and the server limits the concurrent calls of a connection.
    pub fn connections(mut self, number: usize) -> Self {
        self.connections = number;
        self
    }

    /// Sends all requests through an HTTP proxy, with `CONNECT`:
    /// `http://[user:password@]host:port`. Overrides the environment variables. `Debug` does not
    /// show the URL.
    ///
    /// By default, the variables `HTTPS_PROXY`, `HTTP_PROXY` (for an `http://` environment),
    /// `ALL_PROXY` and `NO_PROXY` are used, in upper or lower case. They do not apply to loopback
    /// addresses; a proxy set with this method does.
    ///
    /// Without the feature `proxy`, which is a default feature, the variables are not read.
    #[cfg(feature = "proxy")]
    pub fn proxy(mut self, url: impl Into<Secret>) -> Self {
        self.proxy = ProxySetting::Url(url.into());
        self
    }

    /// Hosts for which the proxy set with [`proxy`](Self::proxy) is not used, in the format of
    /// `NO_PROXY`: domains (including subdomains), addresses, networks such as `10.0.0.0/8`, or
    /// `*`, separated by commas.
    #[cfg(feature = "proxy")]
    pub fn proxy_exceptions(mut self, hosts: impl Into<String>) -> Self {
        self.proxy_exceptions = hosts.into();
        self
    }

    /// Connects without a proxy, even if the environment variables set one.
    #[cfg(feature = "proxy")]
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxySetting::None;
        self
    }

    /// The maximum number of attempts of a call, including the first; 3 by default. 1 disables
    /// retries. Unsafe retries are never made.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Waits and retries if a call is rejected by a rate limit, for at most this long in total for
    /// each call; zero by default, so that such a call fails at once.
    ///
    /// Applies to HTTP status 429 and gRPC code `RESOURCE_EXHAUSTED` of Scalekit. Calls that are
    /// idempotent, or declared so, also wait on the rate limits of providers and gateways. Others do
    /// not, because the call may have taken effect before: a tool can make several requests to its
    /// provider. The wait is the server's `retry-after`, or starts at a second and doubles. A wait that does not fit into the deadline
    /// or into `max` is not started. These retries do not count as
    /// [`max_attempts`](Self::max_attempts).
    pub fn wait_on_rate_limit(mut self, max: Duration) -> Self {
        self.wait_on_rate_limit = max;
        self
    }

    /// The default deadline of calls that manage state in Scalekit; 20 s if not set.
    ///
    /// A deadline covers the whole call: token, connect, all attempts, reading the response.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.control = timeout;
        self
    }

    /// The default deadline of calls that list, search and execute tools; 60 s if not set. The
    /// service ends such calls after about 62 s.
    pub fn tool_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.tool = timeout;
        self
    }

    /// The default deadline of proxied requests; 30 s if not set.
    pub fn proxy_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.proxy = timeout;
        self
    }

    /// Creates the client. Does no I/O and needs no runtime.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a setting is missing or invalid. The
    /// error names it.
    pub fn build(self) -> Result<Client, Error> {
        let env_url = parse_env_url(&required("env_url", self.env_url)?, self.allow_http)?;
        #[cfg(feature = "proxy")]
        let proxy = self.proxy.proxy_for(&env_url, &self.proxy_exceptions)?;
        let credentials = match self.token_source {
            Some(source) => Credentials::Source(source),
            None => Credentials::Client(client_credentials(self.client_id, self.client_secret)?),
        };
        Ok(Client {
            core: Arc::new(Core {
                config: TransportConfig {
                    transport: self.transport,
                    env_url,
                    user_agent: user_agent(self.user_agent_suffix.as_deref())?,
                    root_certificates: parse_certificates(&self.root_certificates_pem)?,
                    client_certificate: self
                        .client_certificate_pem
                        .as_ref()
                        .map(ClientCertificate::parse)
                        .transpose()?,
                    connect_timeout: positive("connect_timeout", self.connect_timeout)?,
                    keep_alive_interval: positive("keep_alive_interval", self.keep_alive_interval)?,
                    keep_alive_timeout: positive("keep_alive_timeout", self.keep_alive_timeout)?,
                    max_response_bytes: self.max_response_bytes,
                    connections: self.connections,
                    #[cfg(feature = "proxy")]
                    proxy,
                    request_headers: self.request_headers,
                },
                connections: OnceLock::new(),
                credentials,
                tokens: Arc::default(),
                budget: RetryBudget::default(),
                timeouts: Timeouts {
                    control: bounded(self.timeouts.control),
                    tool: bounded(self.timeouts.tool),
                    proxy: bounded(self.timeouts.proxy),
                },
                max_attempts: self.max_attempts,
                wait_on_rate_limit: self.wait_on_rate_limit,
            }),
        })
    }
}

fn client_credentials(
    client_id: Option<String>,
    client_secret: Option<Secret>,
) -> Result<ClientCredentials, Error> {
    let client_id = required("client_id", client_id)?;
    check_text("client_id", &client_id)?;
    let client_secret = client_secret
        .filter(|secret| !secret.expose().trim().is_empty())
        .ok_or_else(|| missing("client_secret"))?;
    check_text("client_secret", client_secret.expose())?;
    Ok(ClientCredentials {
        client_id,
        client_secret,
    })
}

#[cfg(test)]
mod tests;
