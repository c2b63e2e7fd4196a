//! The client and its builder: configuration, and the state that all calls share.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ::http::uri::{PathAndQuery, Scheme};
use ::http::{HeaderValue, Uri};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::actions::Actions;
use crate::call::{self, CallOptions, Class, Deadline, Operation, RetryBudget, RetryPolicy};
use crate::credentials::{ClientCredentials, Token, TokenSource};
use crate::duration::{bounded, positive};
use crate::mcp::Mcp;
use crate::providers::Providers;
use crate::tools::Tools;
use crate::transport::{self, Connections, ProxySetting, Transport, TransportConfig, is_loopback};
use crate::{Error, Secret, header};

const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Three attempts are enough for the restart of a server. More would add load to a failing service.
const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// Bounds memory. All documented responses are far smaller.
const DEFAULT_MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

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
    #[cfg(feature = "raw")]
    pub fn raw(&self) -> crate::raw::Raw {
        crate::raw::Raw::new(self.clone())
    }

    #[cfg(feature = "raw")]
    pub(crate) fn env_url(&self) -> &Uri {
        &self.core.config.env_url
    }

    /// The outbound proxy.
    #[cfg(feature = "rest")]
    pub(crate) fn outbound_proxy(&self) -> Option<&crate::transport::OutboundProxy> {
        self.core.config.proxy.as_ref()
    }

    /// The TLS configuration of connections to the environment.
    #[cfg(feature = "rest")]
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
        f.debug_struct("Client")
            .field("env_url", &self.core.config.env_url)
            .field("transport", &self.core.config.transport)
            .field("proxy", &self.core.config.proxy)
            .field("credentials", &self.core.credentials)
            .field("timeouts", &self.core.timeouts)
            .finish_non_exhaustive()
    }
}

/// Configures a [`Client`].
///
/// `Debug` does not show the client secret.
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    env_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    user_agent_suffix: Option<String>,
    root_certificates_pem: Vec<Vec<u8>>,
    allow_http: bool,
    transport: Transport,
    connect_timeout: Duration,
    keep_alive_interval: Duration,
    keep_alive_timeout: Duration,
    max_response_bytes: usize,
    connections: usize,
    proxy: ProxySetting,
    proxy_exceptions: String,
    max_attempts: u32,
    timeouts: Timeouts,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            env_url: None,
            client_id: None,
            client_secret: None,
            user_agent_suffix: None,
            root_certificates_pem: Vec::new(),
            allow_http: false,
            transport: Transport::default(),
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            keep_alive_interval: transport::PING_INTERVAL,
            keep_alive_timeout: transport::PING_TIMEOUT,
            max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
            connections: 1,
            proxy: ProxySetting::default(),
            proxy_exceptions: String::new(),
            max_attempts: DEFAULT_MAX_ATTEMPTS,
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

    /// The client id, `skc_…`. Required.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// The client secret. Required.
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// Appends to the `user-agent` header of all requests, for example `my-agent/1.2`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Adds trusted root certificates in PEM, besides those of the platform. Can be called several
    /// times.
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates_pem.push(pem.into());
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
    pub fn proxy(mut self, url: impl Into<Secret>) -> Self {
        self.proxy = ProxySetting::Url(url.into());
        self
    }

    /// Hosts for which the proxy set with [`proxy`](Self::proxy) is not used, in the format of
    /// `NO_PROXY`: domains (including subdomains), addresses, networks such as `10.0.0.0/8`, or
    /// `*`, separated by commas.
    pub fn proxy_exceptions(mut self, hosts: impl Into<String>) -> Self {
        self.proxy_exceptions = hosts.into();
        self
    }

    /// Connects without a proxy, even if the environment variables set one.
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
        let proxy = self.proxy.proxy_for(&env_url, &self.proxy_exceptions)?;
        let client_id = required("client_id", self.client_id)?;
        check_text("client_id", &client_id)?;
        let client_secret = self
            .client_secret
            .filter(|secret| !secret.expose().trim().is_empty())
            .ok_or_else(|| missing("client_secret"))?;
        check_text("client_secret", client_secret.expose())?;
        Ok(Client {
            core: Arc::new(Core {
                config: TransportConfig {
                    transport: self.transport,
                    env_url,
                    user_agent: user_agent(self.user_agent_suffix.as_deref())?,
                    root_certificates: parse_certificates(&self.root_certificates_pem)?,
                    connect_timeout: positive("connect_timeout", self.connect_timeout)?,
                    keep_alive_interval: positive("keep_alive_interval", self.keep_alive_interval)?,
                    keep_alive_timeout: positive("keep_alive_timeout", self.keep_alive_timeout)?,
                    max_response_bytes: self.max_response_bytes,
                    connections: self.connections,
                    proxy,
                },
                connections: OnceLock::new(),
                credentials: ClientCredentials {
                    client_id,
                    client_secret,
                },
                tokens: Arc::default(),
                budget: RetryBudget::default(),
                timeouts: Timeouts {
                    control: bounded(self.timeouts.control),
                    tool: bounded(self.timeouts.tool),
                    proxy: bounded(self.timeouts.proxy),
                },
                max_attempts: self.max_attempts,
            }),
        })
    }
}

fn variable(name: &str) -> Result<String, Error> {
    match std::env::var(name) {
        // A value from a file often ends with a line break.
        Ok(value) if !value.trim().is_empty() => Ok(value.trim().to_owned()),
        Ok(_) => Err(Error::config(format!(
            "the environment variable {name} is empty"
        ))),
        Err(std::env::VarError::NotPresent) => Err(Error::config(format!(
            "the environment variable {name} is not set"
        ))),
        Err(std::env::VarError::NotUnicode(_)) => Err(Error::config(format!(
            "the environment variable {name} is not UTF-8"
        ))),
    }
}

fn required(setting: &str, value: Option<String>) -> Result<String, Error> {
    value
        .filter(|value| !value.trim().is_empty())
        .ok_or_else(|| missing(setting))
}

fn missing(setting: &str) -> Error {
    Error::config(format!(
        "{setting} is not set: set it on the client builder"
    ))
}

/// Rejects text with blanks at its ends or control characters. The error does not show it, since it
/// can be a secret.
fn check_text(setting: &str, text: &str) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::config(format!("{setting} {what}")));
    if text.trim() != text {
        return wrong("begins or ends with a blank, such as the line break of a file: trim it");
    }
    if text.contains(char::is_control) {
        return wrong("holds a control character, such as a line break");
    }
    Ok(())
}

/// Scheme and authority of the environment's URL. A path or a query is an error, because it would
/// be ignored.
fn parse_env_url(url: &str, allow_http: bool) -> Result<Uri, Error> {
    let wrong = |what: &str| {
        Err(Error::config(format!(
            "env_url {what}: expected something like https://acme.scalekit.dev"
        )))
    };
    let Ok(uri) = url.trim().parse::<Uri>() else {
        return wrong("is not a URL");
    };
    let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
        return wrong("has no scheme or no host");
    };
    if authority.as_str().contains('@') {
        return wrong("must not hold a user name or password");
    }
    if authority.host().is_empty() {
        return wrong("has no scheme or no host");
    }
    // The crate `http` uses the default port for a port that it cannot parse.
    let port = authority.as_str().strip_prefix(authority.host());
    if port != Some("") && !port.is_some_and(is_port) {
        return wrong("has a port that is not a number from 1 to 65535");
    }
    if uri.path() != "/" || uri.query().is_some() {
        return wrong("must not have a path or a query");
    }
    if *scheme == Scheme::HTTP {
        if !allow_http && !is_loopback(authority.host()) {
            return wrong(
                "uses http://, which would send the client secret in the clear (see \
                          ClientBuilder::allow_http)",
            );
        }
    } else if *scheme != Scheme::HTTPS {
        return wrong("must start with https://");
    }
    let mut parts = ::http::uri::Parts::default();
    parts.scheme = uri.scheme().cloned();
    parts.authority = uri.authority().cloned();
    parts.path_and_query = Some(PathAndQuery::from_static("/"));
    Uri::from_parts(parts).or_else(|_| wrong("is not a URL"))
}

/// Whether the text is a colon and a port.
fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':').unwrap_or_default();
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number && digits.parse().is_ok_and(|port: u16| port != 0)
}

fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    const OWN: &str = concat!("scalekit-rust/", env!("CARGO_PKG_VERSION"));
    match suffix {
        None => Ok(HeaderValue::from_static(OWN)),
        Some(suffix) => header::exact(suffix)
            .and_then(|_| HeaderValue::try_from(format!("{OWN} {suffix}")).ok())
            .ok_or_else(|| Error::config(format!("user_agent_suffix {}", header::RULE))),
    }
}

fn parse_certificates(pems: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut certificates = Vec::new();
    for pem in pems {
        let before = certificates.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            certificates.push(certificate.map_err(|error| {
                Error::config(format!("root_certificates_pem cannot be read: {error:?}"))
            })?);
        }
        if certificates.len() == before {
            return Err(Error::config("root_certificates_pem holds no certificate"));
        }
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder(url: &str) -> ClientBuilder {
        Client::builder()
            .env_url(url)
            .client_id("skc_1")
            .client_secret("sentinel-secret")
    }

    #[test]
    fn a_client_is_cheap_to_share() {
        fn shared<T: Clone + Send + Sync + 'static>() {}
        shared::<Client>();
    }

    #[test]
    fn http_is_for_loopback_unless_allowed() {
        for url in [
            "http://127.0.0.1:1",
            "http://localhost:80",
            "http://[::1]:9",
            "https://a.dev/",
        ] {
            assert!(builder(url).build().is_ok(), "{url}");
        }
        for url in [
            "http://acme.scalekit.dev",
            "http://127.0.0.1.evil.dev",
            "http://10.0.0.1",
        ] {
            let error = builder(url).build().expect_err(url);
            assert!(error.to_string().contains("in the clear"), "{error}");
            assert!(builder(url).allow_http(true).build().is_ok(), "{url}");
        }
    }

    #[test]
    fn a_url_that_would_be_misread_is_refused() {
        for (url, reason) in [
            ("acme.scalekit.dev", "no scheme"),
            ("https://a.dev/api", "path"),
            ("https://a.dev?x=1", "query"),
            ("https://user:pass@a.dev", "user name"),
            ("ftp://a.dev", "https://"),
            ("https://a dev", "not a URL"),
            ("https://a.dev:99999", "port"),
            ("https://a.dev:65536", "port"),
            ("http://127.0.0.1:99999", "port"),
            ("https://a.dev:0", "port"),
            ("https://a.dev:", "port"),
            ("https://a.dev:+80", "port"),
            ("https://a.dev:８０", "not a URL"),
            ("https://[::1]:99999", "port"),
            ("https://[::1]:", "port"),
            ("https://:443", "no host"),
            ("https://a:b@c.dev:443", "user name"),
        ] {
            let error = builder(url).build().expect_err(url);
            assert_eq!(error.kind(), crate::ErrorKind::Config);
            assert!(error.to_string().contains(reason), "{url}: {error}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = Client::builder().build().expect_err("no url");
        assert!(error.to_string().contains("env_url"), "{error}");
        let error = Client::builder()
            .env_url("https://a.dev")
            .build()
            .expect_err("no id");
        assert!(error.to_string().contains("client_id"), "{error}");
        let error = builder("https://a.dev")
            .client_secret(" ")
            .build()
            .expect_err("blank");
        assert!(error.to_string().contains("client_secret"), "{error}");
    }

    #[test]
    fn ports_that_are_ones_are_taken() {
        for url in [
            "https://a.dev:1",
            "https://a.dev:65535",
            "https://a.dev:08443",
            "http://[::1]:80",
            "https://[2001:db8::1]",
            "  https://a.dev:443/ \n",
        ] {
            assert!(builder(url).build().is_ok(), "{url}");
        }
    }

    #[test]
    fn credentials_with_a_line_break_are_refused_and_not_shown() {
        for (text, reason) in [
            ("sentinel-secret\n", "begins or ends with a blank"),
            ("sentinel-secret\r\n", "begins or ends with a blank"),
            (" sentinel-secret", "begins or ends with a blank"),
            ("\tsentinel-secret", "begins or ends with a blank"),
            ("sentinel-secret\u{a0}", "begins or ends with a blank"),
            ("sentinel-\nsecret", "control character"),
            ("sentinel-\0secret", "control character"),
        ] {
            let errors = [
                (
                    "client_id",
                    builder("https://a.dev").client_id(text).build(),
                ),
                (
                    "client_secret",
                    builder("https://a.dev").client_secret(text).build(),
                ),
            ];
            for (setting, error) in errors {
                let error = error.expect_err(setting);
                assert_eq!(error.kind(), crate::ErrorKind::Config);
                let text = format!("{error} {error:?}");
                assert!(text.contains(reason) && text.contains(setting), "{text}");
                assert!(!text.contains("sentinel"), "{text}");
            }
        }
    }

    #[test]
    fn a_user_agent_arrives_as_it_is_or_not_at_all() {
        let suffixed = |suffix: &str| builder("https://a.dev").user_agent_suffix(suffix).build();
        assert!(suffixed("my-agent/1.2 (x; y)").is_ok());
        for suffix in [
            " a/1",
            "a/1 ",
            "a/1\n",
            "a\t1",
            "a\r\nx: y",
            "ä/1",
            "a/1\u{7f}",
        ] {
            let error = suffixed(suffix).expect_err(suffix);
            assert!(
                error.to_string().contains("user_agent_suffix must be"),
                "{error}"
            );
        }
    }

    #[test]
    fn times_with_which_nothing_could_work_are_refused() {
        const LONG: Duration = Duration::MAX;
        let builder = || builder("https://a.dev");
        for (wrong, setting) in [
            (builder().connect_timeout(Duration::ZERO), "connect_timeout"),
            (
                builder().keep_alive_interval(Duration::ZERO),
                "keep_alive_interval",
            ),
            (
                builder().keep_alive_timeout(Duration::ZERO),
                "keep_alive_timeout",
            ),
        ] {
            let error = wrong.build().expect_err(setting);
            assert!(error.to_string().contains(setting), "{error}");
        }
        let client = builder()
            .connect_timeout(LONG)
            .keep_alive_interval(LONG)
            .keep_alive_timeout(LONG)
            .timeout(LONG)
            .tool_timeout(LONG)
            .proxy_timeout(LONG)
            .build()
            .expect("a client");
        for class in [Class::Control, Class::Tool, Class::Proxy] {
            assert_eq!(client.default_timeout(class), bounded(LONG));
        }
    }

    #[test]
    fn certificates_are_checked_when_building() {
        let error = builder("https://a.dev")
            .root_certificates_pem("nonsense")
            .build();
        assert!(
            error
                .expect_err("no certificate")
                .to_string()
                .contains("root_certificates_pem")
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let builder = builder("https://a.dev");
        let client = builder.clone().build().expect("a client");
        for text in [
            format!("{builder:?}"),
            format!("{client:?}"),
            format!("{:?}", builder),
        ] {
            assert!(!text.contains("sentinel-secret"), "{text}");
            assert!(text.contains("skc_1"), "{text}");
        }
    }
}
