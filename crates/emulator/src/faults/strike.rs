//! How a fault happens: around the call, and to its answer.

use std::future::{Future, pending};
use std::time::Duration;

use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::body;
use super::plan::Site;
use super::{Action, Fault};
use crate::answer::{Response, empty};
use crate::journal::CallStatus;
use crate::line::Line;
use crate::rpc;
use crate::shared::Shared;
use crate::status::{Code, Status};

/// What the answers of a door are made of.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Grpc,
    Json,
}

/// What a fault does to the answer of a call.
#[derive(Debug)]
#[must_use = "apply it to the answer"]
pub(crate) struct Ending(Action);

/// Runs the call with the fault that hits it, if any. The result is what is answered, unless the
/// ending puts something else in its place.
pub(crate) async fn around<T>(
    shared: &Shared,
    site: Site<'_>,
    line: &Line,
    call: impl Future<Output = Result<T, Status>>,
) -> (Result<T, Status>, Ending) {
    let Some(fault) = shared.faults.next(site) else {
        return (call.await, Ending::none());
    };
    let result = if fault.comes_after() {
        let result = call.await;
        happen(shared, &fault, line).await.map_or(result, Err)
    } else {
        match happen(shared, &fault, line).await {
            Some(status) => Err(status),
            None => call.await,
        }
    };
    (result, Ending(fault.action))
}

/// Lets the fault happen, as far as it is not done to the answer. Returns what the call comes to
/// instead of its result.
async fn happen(shared: &Shared, fault: &Fault, line: &Line) -> Option<Status> {
    if !fault.delay.is_zero() {
        tokio::time::sleep(fault.delay).await;
    }
    shared.faults.count(fault.action.kind());
    match &fault.action {
        Action::Status(status) => Some(status.clone()),
        Action::RevokeTokens => {
            shared.tokens.revoke_all();
            Some(rpc::unauthenticated())
        }
        // The ending answers, or nobody does.
        Action::Http(_) | Action::Close | Action::Reset(_) | Action::BlackHole => {
            Some(Status::bare(Code::Unavailable, "withheld by a fault"))
        }
        Action::GoAway => {
            line.go_away();
            // The connection hears of it first: HTTP/1.1 says so in the head of the answer.
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

impl Ending {
    /// The answer goes out as it is.
    pub(crate) fn none() -> Self {
        Ending(Action::Nothing)
    }

    /// After which time the issued token is refused, if a fault says so.
    pub(crate) fn token_lifetime(&self) -> Option<Duration> {
        match self.0 {
            Action::ExpireEarly(after) => Some(after),
            _ => None,
        }
    }

    /// How the journal shows the end of a call that came to `status`.
    pub(crate) fn journaled(&self, status: CallStatus) -> CallStatus {
        match self.0 {
            Action::Http(status) => CallStatus::Http(status),
            Action::Close | Action::Reset(_) | Action::BlackHole => CallStatus::Broken,
            _ => status,
        }
    }

    /// What is sent in place of `response`. The error resets the stream; a connection that is cut
    /// or silent takes the unfinished future with it.
    pub(crate) async fn apply(
        self,
        mut response: Response,
        form: Form,
        line: &Line,
    ) -> Result<Response, h2::Error> {
        match self.0 {
            Action::Nothing
            | Action::Status(_)
            | Action::GoAway
            | Action::RevokeTokens
            | Action::ExpireEarly(_) => {}
            Action::Http(status) => response = empty(status),
            Action::Close => {
                line.cut();
                pending::<()>().await;
            }
            Action::BlackHole => {
                line.black_hole();
                pending::<()>().await;
            }
            Action::Reset(code) => return Err(h2::Reason::from(code).into()),
            Action::HalfBody => response = response.map(body::half),
            Action::Malformed => response = body::malformed(form),
            Action::Oversized(bytes) => response = body::oversized(form, bytes),
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
