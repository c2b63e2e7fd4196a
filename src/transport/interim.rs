//! Limits interim responses (1xx) of HTTP/1.1.

use std::sync::atomic::{AtomicU32, Ordering};

use ::http::Request;

use super::socket::Socket;
use crate::Error;

/// The maximum number of interim responses to one request. While they are read, no other task of a
/// current-thread runtime runs.
pub(super) const MAX: u32 = 32;

/// Closes the connection of a request after too many interim responses.
pub(super) fn limit<B>(request: &mut Request<B>, socket: &Socket) {
    let (count, socket) = (AtomicU32::new(0), socket.clone());
    hyper::ext::on_informational(request, move |_| {
        if count.fetch_add(1, Ordering::Relaxed) >= MAX {
            socket.cut();
        }
    });
}

/// The error of a call whose connection was closed.
pub(super) fn too_many() -> Error {
    Error::decode(format!(
        "the server sent more than {MAX} interim responses (HTTP 1xx) instead of a response"
    ))
}
