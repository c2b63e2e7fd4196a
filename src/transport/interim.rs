//! Interim responses (1xx): few are normal, and a server that sends them without end is cut off.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ::http::Request;

use super::socket::Socket;
use crate::Error;

/// The most interim responses to one request.
const MAX: u32 = 32;

/// How many interim responses have come.
pub(super) struct Interim(Arc<AtomicU32>);

impl Interim {
    /// Counts those to a request that goes out on this socket. After the last that is allowed the
    /// connection ends: reading them takes time in which nothing else of the runtime runs.
    pub fn watch<B>(request: &mut Request<B>, socket: &Socket) -> Self {
        let count = Arc::new(AtomicU32::new(0));
        let (counted, socket) = (count.clone(), socket.clone());
        hyper::ext::on_informational(request, move |_| {
            if counted.fetch_add(1, Ordering::Relaxed) >= MAX {
                socket.cut();
            }
        });
        Self(count)
    }

    pub fn are_too_many(&self) -> bool {
        self.0.load(Ordering::Relaxed) > MAX
    }

    pub fn error(&self) -> Error {
        Error::decode(format!(
            "the server sent more than {MAX} interim responses (HTTP 1xx) instead of a response"
        ))
    }
}
