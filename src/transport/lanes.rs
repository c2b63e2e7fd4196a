//! The connections of the gRPC wire, and which of them a call takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::HttpClient;

/// A number of HTTP/2 connections, each opened when it is first needed.
///
/// One is enough for most: it carries as many calls at once as the server allows. Beyond that, or
/// when one core cannot keep up with its frames, more of them help.
#[derive(Clone)]
pub(super) struct Lanes(Arc<[Lane]>);

struct Lane {
    /// Over HTTP/2 alone, it keeps one connection to a host.
    client: HttpClient,
    under_way: AtomicUsize,
}

impl Lanes {
    pub fn new(number: usize, client: impl Fn() -> HttpClient) -> Self {
        let lane = || Lane {
            client: client(),
            under_way: AtomicUsize::new(0),
        };
        Self((0..number.max(1)).map(|_| lane()).collect())
    }

    /// The connection with the fewest calls, taken until the result is dropped.
    pub fn take(&self) -> Taken<'_> {
        let least = self
            .0
            .iter()
            .min_by_key(|lane| lane.under_way.load(Ordering::Relaxed));
        // There is always one.
        let lane = least.unwrap_or(&self.0[0]);
        lane.under_way.fetch_add(1, Ordering::Relaxed);
        Taken(lane)
    }
}

/// A connection while a call uses it.
pub(super) struct Taken<'a>(&'a Lane);

impl Taken<'_> {
    pub fn client(&self) -> &HttpClient {
        &self.0.client
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}
