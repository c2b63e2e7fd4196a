//! A running emulator.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::browser::{Browser, Consent};
use crate::call::Call;
use crate::clock::Clock;
use crate::error::Error;
use crate::faults::{Fault, FaultPlan};
use crate::shared::Shared;
use crate::tls::Identity;

/// A running emulator. Dropping it stops it and closes its connections.
pub struct Emulator {
    pub(crate) shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
    pub(crate) tls: Option<Identity>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) server: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator")
            .field("env_url", &self.env_url())
            .finish_non_exhaustive()
    }
}

impl Emulator {
    /// The environment URL, without a trailing slash.
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

    /// Acts as the user's browser on the consent page behind `link`: opens the page and submits its
    /// form. Returns the URL that the browser is redirected to, or `None` if it stays on the page.
    ///
    /// [`Consent::Allow`] fills the fields of the page with generated values.
    ///
    /// # Errors
    /// [`ErrorKind::Consent`](crate::ErrorKind::Consent) if the page returns an error, for example
    /// because the link was used.
    pub async fn consent(&self, link: &str, consent: Consent) -> Result<Option<String>, Error> {
        Browser::new(self.address, self.tls.clone())
            .consent(link, consent)
            .await
    }

    /// All calls received since the start or the last reset, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.journal.calls()
    }

    /// The calls to one RPC by name (`ExecuteTool`), over either protocol, or to one method as in
    /// [`Call::method`].
    pub fn calls_to(&self, rpc: &str) -> Vec<Call> {
        self.shared.journal.calls_to(rpc)
    }

    /// The number of requests to the token endpoint, successful or not.
    pub fn token_requests(&self) -> usize {
        self.shared.journal.token_requests()
    }

    /// How often a tool was executed. Calls that were rejected before the execution do not count.
    pub fn executions(&self, tool_name: &str) -> u64 {
        self.shared
            .state()
            .executions
            .get(tool_name)
            .copied()
            .unwrap_or_default()
    }

    /// How often tools were executed for an `agent_run_id`. A test that gives every call a run id
    /// of its own can detect a call that was executed twice. The counts of the newest 100,000 runs
    /// are kept.
    pub fn executions_of_run(&self, agent_run_id: &str) -> u64 {
        self.shared.state().runs.executions(agent_run_id)
    }

    /// Restores the seed: state, journal, faults and their counts, and clock. Access tokens stay
    /// valid.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// The clock that decides when tokens, links and accounts expire.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Invalidates every access token issued so far.
    pub fn revoke_tokens(&self) {
        self.shared.tokens.revoke_all();
    }

    /// Makes the next call to `target` fail. A target is an RPC by name (`ExecuteTool`) or full
    /// name (`scalekit.v1.tools.ToolService/ExecuteTool`), `/oauth/token`, `/proxy`, or `*` for any
    /// RPC or proxied request. Faults of one target queue up. A call without a valid token does not
    /// consume one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), scalekit_emulator::Error> {
    /// use scalekit_emulator::{Code, Emulator, Fault, Status};
    ///
    /// let emulator = Emulator::start().await?;
    /// emulator.fail_next("ListTools", Status::new(Code::Unavailable, "try again later"));
    /// let lost = Status::bare(Code::Unavailable, "connection reset");
    /// emulator.fail_next("ExecuteTool", Fault::status(lost).after_executing().times(2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail_next(&self, target: &str, fault: impl Into<Fault>) {
        self.shared.faults.push(target, fault.into());
    }

    /// Replaces all faults, including those of [`fail_next`](Emulator::fail_next). An empty plan
    /// removes them.
    ///
    /// The journal shows the outcome of each call: [`CallStatus::Broken`] if the response was
    /// withheld, [`CallStatus::Http`] if the fault responded in place of the service, and otherwise
    /// the status of the call, even if its response was corrupted.
    /// [`executions`](Emulator::executions) says whether a tool was executed.
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

    /// How often each kind of fault was applied since the start or the last reset, by name:
    /// `close`, `reset`, `go_away`, `black_hole`, `half_body`, `malformed`, `content_type`,
    /// `oversized`, `revoke_tokens`, `expire_early`, `http`, `status`, and `delay` for a fault that
    /// only delays.
    pub fn fault_hits(&self) -> BTreeMap<String, u64> {
        self.shared.faults.hits()
    }

    /// Stops the emulator: accepts no new connections and lets calls in flight end for up to three
    /// seconds.
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
