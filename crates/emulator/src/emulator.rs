//! The emulator as a value: started, asked, stopped.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::browser::{Browser, Consent};
use crate::clock::Clock;
use crate::error::Error;
use crate::faults::{Fault, FaultPlan};
use crate::journal::{Call, Journal};
use crate::oauth::Tokens;
use crate::page::Paging;
use crate::schema::Schema;
use crate::seed::Seed;
use crate::server;
use crate::shared::{Settings, Shared};
use crate::tls::Identity;

/// Decides how an emulator starts.
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
    /// What the emulator starts with; [`Seed::builtin`] by default.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// The address to listen on; a free port of 127.0.0.1 by default. Anyone who reaches it can
    /// read the journal and reset the state: keep it on loopback.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The host name in [`Emulator::env_url`]: by default `localhost` with TLS, because that is
    /// what certificates name, and the listening address without.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Serves TLS with this certificate chain and key, both PEM.
    pub fn tls(mut self, cert_pem: impl Into<Vec<u8>>, key_pem: impl Into<Vec<u8>>) -> Self {
        self.tls = Some(Identity::new(cert_pem.into(), key_pem.into()));
        self
    }

    /// The client credentials that the token endpoint accepts.
    pub fn client_credentials(
        mut self,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        self.client_id = client_id.into();
        self.client_secret = client_secret.into();
        self
    }

    /// How long an access token is valid; 24 hours by default. Whole seconds.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// How long an authorization link can be opened; 60 seconds by default.
    pub fn link_lifetime(mut self, lifetime: Duration) -> Self {
        self.link_lifetime = lifetime;
        self
    }

    /// The page size of lists when the caller asks for none; 10 by default.
    pub fn default_page_size(mut self, size: u32) -> Self {
        self.paging.default_size = size;
        self
    }

    /// Puts an empty page, with a token to go on, between every two pages of every list.
    pub fn empty_pages(mut self, empty_pages: bool) -> Self {
        self.paging.empty_pages = empty_pages;
        self
    }

    /// How many calls the journal remembers; 100,000 by default.
    pub fn journal_limit(mut self, calls: usize) -> Self {
        self.journal_limit = calls.max(1);
        self
    }

    /// How many calls one HTTP/2 connection may carry at a time; 1,000 by default.
    pub fn max_concurrent_streams(mut self, streams: u32) -> Self {
        self.max_concurrent_streams = streams.max(1);
        self
    }

    /// Writes one line per call to standard error, without credentials and bodies; and one for each
    /// tool input that is not checked, without the feature `validation`.
    pub fn log(mut self, log: bool) -> Self {
        self.log = log;
        self
    }

    /// Listens and serves on the current tokio runtime.
    ///
    /// # Errors
    /// When the seed contradicts itself, the certificate cannot be used, or the address is taken.
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

/// A running emulator. Dropping it stops it and cuts its connections.
pub struct Emulator {
    pub(crate) shared: Arc<Shared>,
    address: SocketAddr,
    pub(crate) tls: Option<Identity>,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator")
            .field("env_url", &self.env_url())
            .finish_non_exhaustive()
    }
}

impl Emulator {
    /// Starts an emulator with the built-in seed on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be listened on.
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

    /// Decides more before starting.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The environment URL, without a slash at its end.
    pub fn env_url(&self) -> &str {
        &self.shared.settings.env_url
    }

    /// The client id that the token endpoint accepts.
    pub fn client_id(&self) -> &str {
        &self.shared.settings.client_id
    }

    /// The client secret that goes with it.
    pub fn client_secret(&self) -> &str {
        &self.shared.settings.client_secret
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Does what a user's browser does on the consent page behind `link`: opens it and sends its
    /// form. Returns where the browser is sent next, or `None` if it stays on the page.
    ///
    /// [`Consent::Allow`] fills in made-up values where the page asks for some.
    ///
    /// # Errors
    /// [`ErrorKind::Consent`](crate::ErrorKind::Consent) when the page refuses, for example
    /// because the link was used.
    pub async fn consent(&self, link: &str, consent: Consent) -> Result<Option<String>, Error> {
        Browser::new(self.address, self.tls.clone())
            .consent(link, consent)
            .await
    }

    /// Every call received since the start or the last reset, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.journal.calls()
    }

    /// The calls to one RPC by name (`ExecuteTool`), over either protocol; or to one method, as
    /// [`Call::method`] has it.
    pub fn calls_to(&self, rpc: &str) -> Vec<Call> {
        self.shared.journal.calls_to(rpc)
    }

    /// How many requests the token endpoint got, answered well or not.
    pub fn token_requests(&self) -> usize {
        self.shared.journal.token_requests()
    }

    /// How often a tool was executed. Calls that were refused before do not count.
    pub fn executions(&self, tool_name: &str) -> u64 {
        self.shared
            .state()
            .executions
            .get(tool_name)
            .copied()
            .unwrap_or_default()
    }

    /// How often a tool was executed for the `agent_run_id` of the request: who gives every call its
    /// own learns whether one call was executed twice. The counts of the newest 100,000 runs are
    /// kept.
    pub fn executions_of_run(&self, agent_run_id: &str) -> u64 {
        self.shared.state().runs.executions(agent_run_id)
    }

    /// Back to the seed: state, journal, faults and their counts, and clock. Access tokens stay valid.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// The clock that tokens, links and accounts expire by.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Makes every access token issued so far invalid.
    pub fn revoke_tokens(&self) {
        self.shared.tokens.revoke_all();
    }

    /// Makes the next call to `target` fail. A target is an RPC by name (`ExecuteTool`) or full
    /// name (`scalekit.v1.tools.ToolService/ExecuteTool`), `/oauth/token`, `/proxy`, or `*` for any
    /// RPC or proxied request. Faults of one target queue up. A call without a valid token does
    /// not use one up.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), scalekit_emulator::Error> {
    /// use scalekit_emulator::{Code, Emulator, Fault, Status};
    ///
    /// let emulator = Emulator::start().await?;
    /// emulator.fail_next("ListTools", Status::new(Code::Unavailable, "come back later"));
    /// let lost = Status::bare(Code::Unavailable, "connection reset");
    /// emulator.fail_next("ExecuteTool", Fault::status(lost).after_executing().times(2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail_next(&self, target: &str, fault: impl Into<Fault>) {
        self.shared.faults.push(target, fault.into());
    }

    /// Replaces all faults, those of [`fail_next`](Emulator::fail_next) too. A plan without faults
    /// ends them.
    ///
    /// The journal shows what became of each call: [`CallStatus::Broken`] for one whose answer was
    /// kept back, [`CallStatus::Http`] for one that was answered in front of the service, and else
    /// what the call came to, even if its answer was spoiled on the way.
    /// [`executions`](Emulator::executions) says whether a tool acted.
    ///
    /// [`CallStatus::Broken`]: crate::CallStatus::Broken
    /// [`CallStatus::Http`]: crate::CallStatus::Http
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), scalekit_emulator::Error> {
    /// use scalekit_emulator::{Emulator, Fault, FaultPlan};
    ///
    /// let emulator = Emulator::start().await?;
    /// emulator.set_faults(
    ///     FaultPlan::new()
    ///         .seed(7)
    ///         .fault("*", Fault::reset(0x2).probability(0.01))
    ///         .fault("*", Fault::close().after_executing().probability(0.01)),
    /// );
    /// assert!(emulator.fault_hits().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_faults(&self, plan: FaultPlan) {
        self.shared.faults.set(plan);
    }

    /// How often each kind of fault happened since the start or the last reset, by name: `close`,
    /// `reset`, `go_away`, `black_hole`, `half_body`, `malformed`, `content_type`, `oversized`,
    /// `revoke_tokens`, `expire_early`, `http`, `status`, and `delay` for a fault that is nothing
    /// else.
    pub fn fault_hits(&self) -> BTreeMap<String, u64> {
        self.shared.faults.hits()
    }

    /// Takes no new connection, lets calls in flight end for up to three seconds, and stops.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        if let Some(server) = self.server.take() {
            let _ = server.await;
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}
