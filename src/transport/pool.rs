//! The connection pools of a client, one per runtime.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{self, Handle};

use super::connect::{Connector, connectors};
use super::http1::Http1;
use super::http2::Http2;
use super::{HttpSettings, TransportConfig};
use crate::Error;

/// The connections of a client.
///
/// A connection makes progress only while its runtime runs, so that a call uses the connections of
/// its own runtime. Those of a runtime that has ended are dropped when a new runtime is used.
#[derive(Clone)]
pub(super) struct Pools {
    http1: Connector,
    http2: Connector,
    settings: HttpSettings,
    connections: usize,
    runtimes: Arc<Mutex<Vec<Entry>>>,
}

/// The connections of one runtime, by its id.
type Entry = (runtime::Id, Arc<Pool>);

/// The connections that one runtime drives.
pub(super) struct Pool {
    pub http1: Http1,
    /// As many as configured, each opened on first use.
    http2: Box<[Http2]>,
    tasks: Tasks,
}

impl Pools {
    pub fn new(config: &TransportConfig) -> Result<Self, Error> {
        let (http1, http2) = connectors(config)?;
        Ok(Self {
            http1,
            http2,
            settings: HttpSettings::of(config),
            connections: config.connections.max(1),
            runtimes: Arc::default(),
        })
    }

    /// The connections of the current runtime.
    pub fn here(&self) -> Result<Arc<Pool>, Error> {
        let id = Handle::try_current()
            .map_err(|_| Error::config("a call needs a tokio runtime: await it inside of one"))?
            .id();
        let mut runtimes = self.runtimes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, pool)) = runtimes.iter().find(|(known, _)| *known == id) {
            return Ok(pool.clone());
        }
        runtimes.retain(|(_, pool)| pool.tasks.are_any_alive() || Arc::strong_count(pool) > 1);
        let tasks = Tasks::default();
        let http2 = || Http2::new(self.http2.clone(), self.settings.clone(), tasks.clone());
        let pool = Arc::new(Pool {
            http1: Http1::new(self.http1.clone(), self.settings.clone(), tasks.clone()),
            http2: (0..self.connections).map(|_| http2()).collect(),
            tasks: tasks.clone(),
        });
        runtimes.push((id, pool.clone()));
        Ok(pool)
    }
}

impl Pool {
    /// The HTTP/2 connection with the fewest calls. One is enough for most clients. More help if
    /// the calls exceed the server's limit for one connection, or if one task cannot keep up with
    /// the frames.
    pub fn http2(&self) -> &Http2 {
        let least = self
            .http2
            .iter()
            .min_by_key(|connection| connection.calls());
        // There is always one.
        least.unwrap_or(&self.http2[0])
    }
}

/// Spawns tasks on the current runtime, and knows whether any of them is alive. The tasks end with
/// their runtime.
#[derive(Clone, Default)]
pub(super) struct Tasks(Arc<AtomicUsize>);

impl Tasks {
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.fetch_add(1, Ordering::Relaxed);
        let alive = Alive(self.0.clone());
        tokio::spawn(async move {
            task.await;
            drop(alive);
        });
    }

    fn are_any_alive(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

/// A task that has not ended.
struct Alive(Arc<AtomicUsize>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Client;

    fn pools() -> Pools {
        let client = Client::builder()
            .env_url("http://127.0.0.1:1")
            .client_id("skc_1")
            .client_secret("s");
        let client = client.build().expect("a client");
        let connections = client.connections().expect("connections");
        connections.pools.clone()
    }

    fn runtime() -> tokio::runtime::Runtime {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().expect("a runtime")
    }

    fn known(pools: &Pools) -> usize {
        pools.runtimes.lock().expect("no panic while locked").len()
    }

    #[test]
    fn the_connections_of_runtimes_that_have_ended_are_dropped() {
        let pools = pools();
        let alive = runtime();
        let kept = alive.block_on(async {
            let pool = pools.here().expect("a runtime");
            pool.tasks.spawn(std::future::pending());
            Arc::downgrade(&pool)
        });
        for _ in 0..1_000 {
            runtime().block_on(async {
                let pool = pools.here().expect("a runtime");
                pool.tasks.spawn(std::future::pending());
            });
            assert!(known(&pools) <= 3, "{}", known(&pools));
        }
        assert!(kept.strong_count() > 0, "its runtime has not ended");
        drop(alive);
        runtime()
            .block_on(async { pools.here().map(drop) })
            .expect("a runtime");
        assert_eq!(kept.strong_count(), 0);
    }

    #[test]
    fn each_runtime_has_its_own() {
        let (pools, one, other) = (pools(), runtime(), runtime());
        let here = |runtime: &tokio::runtime::Runtime| {
            runtime.block_on(async { pools.here().expect("a runtime") })
        };
        let first = here(&one);
        assert!(Arc::ptr_eq(&first, &here(&one)));
        assert!(!Arc::ptr_eq(&first, &here(&other)));
    }

    #[test]
    fn outside_of_a_runtime_a_call_says_what_it_needs() {
        let error = pools().here().err().expect("no runtime");
        assert!(error.to_string().contains("tokio runtime"), "{error}");
    }
}
