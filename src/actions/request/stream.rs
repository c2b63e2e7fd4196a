//! The response of a provider's API, with a streaming body.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, StatusCode};
use tokio::time::Sleep;

use super::prepared::Origin;
use crate::call::{Deadline, operations};
use crate::transport::HttpStream;
use crate::{Error, Outcome};

/// The provider's response, with a streaming body.
///
/// `Debug` shows the status.
pub struct ProxyStream {
    response: HttpStream,
    deadline: Deadline,
    /// Until the deadline.
    sleep: Pin<Box<Sleep>>,
    origin: Origin,
    ended: bool,
}

impl ProxyStream {
    pub(super) fn new(response: HttpStream, deadline: Deadline, origin: Origin) -> Self {
        Self {
            response,
            deadline,
            sleep: Box::pin(tokio::time::sleep_until(deadline.at)),
            origin,
            ended: false,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Returns the response if its status is below 400.
    ///
    /// # Errors
    /// The errors of [`ProxyResponse::error_for_status`](super::ProxyResponse::error_for_status).
    pub fn error_for_status(self) -> Result<Self, Error> {
        self.origin.check(self.status(), self.headers())?;
        Ok(self)
    }

    /// Returns the next chunk of the body, or `None` at its end.
    ///
    /// # Errors
    /// `Connection` if the connection breaks, `GatewayTimeout` at the deadline. The stream ends
    /// after an error.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            .await
            .transpose()
    }
}

impl Stream for ProxyStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        // Checked first: a slow reader always finds data waiting.
        let chunk = match self.sleep.as_mut().poll(context).is_ready() {
            true => Poll::Ready(Some(Err(self.deadline.error(Outcome::Unknown)))),
            false => self.response.body_mut().poll_chunk(context),
        };
        self.ended = matches!(chunk, Poll::Ready(None | Some(Err(_))));
        chunk.map_err(|error| {
            error
                .with_call(operations::REQUEST.name)
                .with_attempts(self.origin.attempts)
                .with_repeatable(self.origin.is_repeatable)
        })
    }
}

impl fmt::Debug for ProxyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyStream")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
