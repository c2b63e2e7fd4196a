//! Builds and starts an emulator.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::emulator::Emulator;
use crate::error::Error;
use crate::journal::Journal;
use crate::page::Paging;
use crate::schema::Schema;
use crate::seed::Seed;
use crate::server;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::tls::Identity;
use crate::tokens::Tokens;

impl Emulator {
    /// Starts an emulator with the built-in seed on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// No port is available.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), scalekit_emulator::Error> {
    /// let emulator = scalekit_emulator::Emulator::start().await?;
    /// assert!(emulator.env_url().starts_with("http://127.0.0.1:"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start() -> Result<Self, Error> {
        Builder::default().start().await
    }

    /// Configures an emulator before it starts.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

/// Configures an emulator.
#[derive(Clone, Debug)]
#[must_use = "call start()"]
pub struct Builder {
    seed: Seed,
    listen: SocketAddr,
    host: Option<String>,
    tls: Option<Identity>,
    client_id: String,
    client_secret: String,
    token_lifetime: Duration,
    link_lifetime: Duration,
    paging: Paging,
    journal_limit: usize,
    max_concurrent_streams: u32,
    log: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Builder {
            seed: Seed::builtin(),
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            host: None,
            tls: None,
            client_id: "skc_emulator".to_owned(),
            client_secret: "emulator-client-secret".to_owned(),
            token_lifetime: Duration::from_secs(86_400),
            link_lifetime: Duration::from_secs(60),
            paging: Paging {
                default_size: 10,
                empty_pages: false,
            },
            journal_limit: 100_000,
            max_concurrent_streams: 1_000,
            log: false,
        }
    }
}

impl Builder {
    /// Sets the initial state; [`Seed::builtin`] by default.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the address to listen on; a free port of 127.0.0.1 by default. Anyone who can reach it
    /// can read the journal and reset the state, so keep it on loopback.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Sets the host name in [`Emulator::env_url`]. By default it is `localhost` with TLS, because
    /// certificates usually name that, and the listening address without TLS.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Serves TLS with this certificate chain and key, both PEM.
    pub fn tls(mut self, cert_pem: impl Into<Vec<u8>>, key_pem: impl Into<Vec<u8>>) -> Self {
        self.tls = Some(Identity::new(cert_pem.into(), key_pem.into()));
        self
    }

    /// Sets the client credentials that the token endpoint accepts.
    pub fn client_credentials(
        mut self,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        self.client_id = client_id.into();
        self.client_secret = client_secret.into();
        self
    }

    /// Sets how long an access token is valid, in whole seconds; 24 hours by default.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Sets how long an authorization link can be opened; 60 seconds by default.
    pub fn link_lifetime(mut self, lifetime: Duration) -> Self {
        self.link_lifetime = lifetime;
        self
    }

    /// Sets the page size of lists for requests without one; 10 by default.
    pub fn default_page_size(mut self, size: u32) -> Self {
        self.paging.default_size = size;
        self
    }

    /// Inserts an empty page, with a next page token, between every two pages of every list.
    pub fn empty_pages(mut self, empty_pages: bool) -> Self {
        self.paging.empty_pages = empty_pages;
        self
    }

    /// Sets how many calls the journal keeps; 100,000 by default.
    pub fn journal_limit(mut self, calls: usize) -> Self {
        self.journal_limit = calls.max(1);
        self
    }

    /// Sets how many concurrent calls one HTTP/2 connection may carry; 1,000 by default.
    pub fn max_concurrent_streams(mut self, streams: u32) -> Self {
        self.max_concurrent_streams = streams.max(1);
        self
    }

    /// Writes one line per call to standard error, without credentials and bodies. Without the
    /// feature `validation`, it also writes a line for each tool input that is not checked.
    pub fn log(mut self, log: bool) -> Self {
        self.log = log;
        self
    }

    /// Starts to listen and serves on the current tokio runtime.
    ///
    /// # Errors
    /// The seed is inconsistent, the certificate cannot be used, or the address is in use.
    pub async fn start(self) -> Result<Emulator, Error> {
        self.seed.check()?;
        let schema = Schema::load()?;
        let acceptor = self.tls.as_ref().map(Identity::acceptor).transpose()?;
        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|error| Error::listen(self.listen, error))?;
        let mut address = listener
            .local_addr()
            .map_err(|error| Error::listen(self.listen, error))?;
        if address.ip().is_unspecified() {
            address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        let env_url = match (&self.host, &self.tls) {
            (Some(host), Some(_)) => format!("https://{host}:{}", address.port()),
            (Some(host), None) => format!("http://{host}:{}", address.port()),
            (None, Some(_)) => format!("https://localhost:{}", address.port()),
            (None, None) => format!("http://{address}"),
        };
        let settings = Settings {
            env_url,
            client_id: self.client_id,
            client_secret: self.client_secret,
            token_lifetime: self.token_lifetime,
            link_lifetime: self.link_lifetime,
            paging: self.paging,
        };
        let shared = Arc::new(Shared::new(
            schema,
            settings,
            self.seed,
            Journal::new(self.journal_limit, self.log),
            Tokens::new()?,
        ));
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(server::serve(
            listener,
            acceptor,
            Arc::clone(&shared),
            self.max_concurrent_streams,
            stopped,
        ));
        Ok(Emulator {
            shared,
            address,
            tls: self.tls,
            stop,
            server: Some(server),
        })
    }
}
