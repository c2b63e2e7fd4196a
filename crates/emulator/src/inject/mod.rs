//! Injects faults: before, around or after a call, and into its response.

mod body;

use std::future::{Future, pending};
use std::time::Duration;

use http::HeaderValue;
use http::header::CONTENT_TYPE;

use crate::call::CallStatus;
use crate::code::Code;
use crate::connection::ConnectionHandle;
use crate::faults::{Action, Fault, Site};
use crate::response::{Response, bare_page};
use crate::shared::Shared;
use crate::status::{Status, unauthenticated};

/// How responses are encoded.
#[derive(Clone, Copy)]
pub(crate) enum Encoding {
    Grpc,
    Json,
}

/// What a fault does to the response of a call.
#[derive(Debug)]
#[must_use = "apply it to the response"]
pub(crate) struct ResponseFault(Action);

/// Runs the call with the fault that applies to it, if any. The result is the response, unless the
/// [`ResponseFault`] replaces it.
pub(crate) async fn run<T>(
    shared: &Shared,
    site: Site<'_>,
    connection: &ConnectionHandle,
    call: impl Future<Output = Result<T, Status>>,
) -> (Result<T, Status>, ResponseFault) {
    let Some(fault) = shared.faults.next(site) else {
        return (call.await, ResponseFault::none());
    };
    let result = if fault.executes_first() {
        let result = call.await;
        apply_action(shared, &fault, connection)
            .await
            .map_or(result, Err)
    } else {
        match apply_action(shared, &fault, connection).await {
            Some(status) => Err(status),
            None => call.await,
        }
    };
    (result, ResponseFault(fault.action))
}

/// Applies the part of a fault that does not concern the response. Returns the status that replaces
/// the result of the call.
async fn apply_action(
    shared: &Shared,
    fault: &Fault,
    connection: &ConnectionHandle,
) -> Option<Status> {
    if !fault.delay.is_zero() {
        tokio::time::sleep(fault.delay).await;
    }
    shared.faults.count(fault.action.kind());
    match &fault.action {
        Action::Status(status) => Some(status.clone()),
        Action::RevokeTokens => {
            shared.tokens.revoke_all();
            Some(unauthenticated())
        }
        // The response fault replaces this status, or no response is sent.
        Action::Http(_) | Action::Close | Action::Reset(_) | Action::BlackHole => {
            Some(Status::bare(Code::Unavailable, "withheld by a fault"))
        }
        Action::GoAway => {
            connection.go_away();
            // The connection must know before the response: HTTP/1.1 announces it in the headers.
            tokio::task::yield_now().await;
            None
        }
        Action::Nothing
        | Action::HalfBody
        | Action::Malformed
        | Action::ContentType(_)
        | Action::Oversized(_)
        | Action::ExpireEarly(_) => None,
    }
}

impl ResponseFault {
    /// Leaves the response unchanged.
    pub(crate) fn none() -> Self {
        ResponseFault(Action::Nothing)
    }

    /// The time after which the issued token is rejected, if a fault shortens it.
    pub(crate) fn token_lifetime(&self) -> Option<Duration> {
        match self.0 {
            Action::ExpireEarly(after) => Some(after),
            _ => None,
        }
    }

    /// The status that the journal shows for a call that ended with `status`.
    pub(crate) fn journaled(&self, status: CallStatus) -> CallStatus {
        match self.0 {
            Action::Http(status) => CallStatus::Http(status),
            Action::Close | Action::Reset(_) | Action::BlackHole => CallStatus::Broken,
            _ => status,
        }
    }

    /// Returns the response to send in place of `response`. An error resets the stream. If the
    /// connection closes or goes silent, the future never completes and is dropped with it.
    pub(crate) async fn apply(
        self,
        mut response: Response,
        encoding: Encoding,
        connection: &ConnectionHandle,
    ) -> Result<Response, h2::Error> {
        match self.0 {
            Action::Nothing
            | Action::Status(_)
            | Action::GoAway
            | Action::RevokeTokens
            | Action::ExpireEarly(_) => {}
            Action::Http(status) => response = bare_page(status),
            Action::Close => {
                connection.close();
                pending::<()>().await;
            }
            Action::BlackHole => {
                connection.black_hole();
                pending::<()>().await;
            }
            Action::Reset(code) => return Err(h2::Reason::from(code).into()),
            Action::HalfBody => response = response.map(body::half),
            Action::Malformed => response = body::malformed(encoding),
            Action::Oversized(bytes) => response = body::oversized(encoding, bytes),
            Action::ContentType(content_type) => {
                match HeaderValue::from_str(&content_type) {
                    Ok(value) => response.headers_mut().insert(CONTENT_TYPE, value),
                    Err(_) => response.headers_mut().remove(CONTENT_TYPE),
                };
            }
        }
        Ok(response)
    }
}
