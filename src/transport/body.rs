//! The body of a request: bytes, and streams that are read while they are sent.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use hyper::body::{Frame, SizeHint};

use super::BoxError;
use crate::Error;

type Source = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

/// A stream that can be read once, by whichever copy is sent first.
#[derive(Clone)]
pub(crate) struct Once(Arc<Mutex<Option<Source>>>);

impl Once {
    pub fn new<E: Into<BoxError>>(
        stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Self {
        Self(Arc::new(Mutex::new(Some(Box::pin(Converted(Box::pin(
            stream,
        )))))))
    }

    fn take(&self) -> Result<Source, Error> {
        let source = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        source.ok_or_else(|| {
            Error::invalid_input(
                "body",
                "is a stream that has been sent already: give a new one",
            )
        })
    }
}

/// A stream with its errors boxed.
struct Converted<S>(Pin<Box<S>>);

impl<S: Stream<Item = Result<Bytes, E>>, E: Into<BoxError>> Stream for Converted<S> {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = self.0.as_mut().poll_next(context);
        item.map(|item| item.map(|chunk| chunk.map_err(Into::into)))
    }
}

/// The caller's stream failed. Told apart by its type, since hyper gives the same error for it as for
/// a connection whose runtime has ended.
#[derive(Debug)]
pub(super) struct BodyError(BoxError);

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for BodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// A part of a body.
#[derive(Clone)]
pub(crate) enum Piece {
    Bytes(Bytes),
    Stream(Once),
}

/// A whole body, in the order in which its pieces are sent.
#[derive(Clone, Default)]
pub(crate) struct RequestBody(Vec<Piece>);

impl RequestBody {
    pub fn new(pieces: Vec<Piece>) -> Self {
        Self(pieces)
    }

    /// Whether it can be sent more than once.
    pub fn is_whole(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Bytes(_)))
    }

    /// All of it, when nothing of it is a stream.
    #[cfg(test)]
    pub fn whole(&self) -> Option<Vec<u8>> {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Bytes(bytes) => Some(&**bytes),
            Piece::Stream(_) => None,
        });
        pieces
            .collect::<Option<Vec<_>>>()
            .map(|pieces| pieces.concat())
    }

    /// The body as it is sent.
    pub(super) fn start(self) -> Result<Sending, Error> {
        let pieces = self.0.into_iter().map(|piece| match piece {
            Piece::Bytes(bytes) => Ok(Open::Bytes(bytes)),
            Piece::Stream(stream) => stream.take().map(Open::Stream),
        });
        let mut rest = pieces.collect::<Result<VecDeque<_>, Error>>()?;
        let first = rest.pop_front();
        Ok(Sending { first, rest })
    }
}

impl<B: Into<Bytes>> From<B> for RequestBody {
    fn from(bytes: B) -> Self {
        let bytes = bytes.into();
        match bytes.is_empty() {
            true => Self::default(),
            false => Self(vec![Piece::Bytes(bytes)]),
        }
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestBody")
    }
}

enum Open {
    Bytes(Bytes),
    Stream(Source),
}

/// A body under way. All requests have this one type, since all of HTTP is compiled for each.
pub(crate) struct Sending {
    /// The piece that is next, so that a single one needs no allocation.
    first: Option<Open>,
    rest: VecDeque<Open>,
}

impl From<Bytes> for Sending {
    fn from(bytes: Bytes) -> Self {
        Self {
            first: Some(Open::Bytes(bytes)),
            rest: VecDeque::new(),
        }
    }
}

impl hyper::body::Body for Sending {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            let (chunk, ends) = match &mut self.first {
                None => return Poll::Ready(None),
                Some(Open::Bytes(bytes)) => (Some(Ok(std::mem::take(bytes))), true),
                Some(Open::Stream(stream)) => {
                    let chunk = ready!(stream.as_mut().poll_next(context));
                    let ends = !matches!(chunk, Some(Ok(_)));
                    (chunk, ends)
                }
            };
            if ends {
                self.first = self.rest.pop_front();
            }
            match chunk {
                Some(Ok(bytes)) if bytes.is_empty() => {}
                Some(chunk) => {
                    let chunk = chunk.map_err(|error| Box::new(BodyError(error)) as BoxError);
                    return Poll::Ready(Some(chunk.map(Frame::data)));
                }
                None => {}
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let mut length = 0;
        for piece in self.first.iter().chain(&self.rest) {
            match piece {
                Open::Bytes(bytes) => length += bytes.len() as u64,
                Open::Stream(_) => return SizeHint::default(),
            }
        }
        SizeHint::with_exact(length)
    }
}
