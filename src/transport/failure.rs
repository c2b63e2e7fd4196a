//! Classifies failed requests: above all, whether the request was sent.

use std::error::Error as StdError;

use super::body::BodyError;
use super::connect::certificate_rejected;
use super::socket::Socket;
use super::{causes, interim};
use crate::{Error, Outcome};

/// The error of a request that hyper began to send.
pub(super) fn failure(error: hyper::Error, socket: &Socket) -> Error {
    if let Some(cause) = causes(&error).find_map(|cause| cause.downcast_ref::<BodyError>()) {
        return Error::invalid_input(
            "body",
            format_args!("could not be read to its end: {cause}"),
        )
        .with_outcome(Outcome::Unknown);
    }
    if socket.starts_with_alert() {
        return speaks_tls();
    }
    if let Some(rejected) = socket.rejection().or_else(|| certificate_rejected(&error)) {
        return rejected.with_source(error);
    }
    if socket.is_cut() {
        return interim::too_many();
    }
    let outcome = match was_not_processed(&error) {
        true => Outcome::NotSent,
        false => Outcome::Unknown,
    };
    let message = match outcome {
        Outcome::NotSent => "the connection closed before the call was processed",
        _ => "the connection broke after the call was sent",
    };
    let message = match causes(&error).last() {
        Some(cause) => format!("{message}: {cause}"),
        None => message.to_owned(),
    };
    Error::connection(outcome, message).with_source(error)
}

/// The error of a request that was never written, because each connection had ended.
pub(super) fn never_sent(socket: Option<&Socket>) -> Error {
    if socket.is_some_and(Socket::starts_with_alert) {
        return speaks_tls();
    }
    if let Some(rejected) = socket.and_then(Socket::rejection) {
        return rejected;
    }
    let message = "the server closed each connection before a request was written to it";
    Error::connection(Outcome::NotSent, message)
}

fn speaks_tls() -> Error {
    Error::config(
        "the server speaks TLS on this port: the environment URL must start with https://",
    )
}

/// Whether the error chain shows that no server acted on the request.
fn was_not_processed(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| {
        // hyper cancels a request only before it has written any of it.
        if let Some(error) = cause.downcast_ref::<hyper::Error>() {
            return error.is_canceled();
        }
        // REFUSED_STREAM promises that the stream was not processed, and a GOAWAY promises it for
        // the streams above its last id (RFC 9113, sections 8.7 and 6.8): h2 gives a remote GOAWAY
        // as the error of those streams alone.
        cause.downcast_ref::<h2::Error>().is_some_and(|error| {
            error.reason() == Some(h2::Reason::REFUSED_STREAM)
                || (error.is_go_away() && error.is_remote())
        })
    })
}
