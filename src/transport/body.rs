//! Request bodies: bytes and streams.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use hyper::body::{Body as _, Frame, SizeHint};

use super::BoxError;
use crate::Error;

type Source = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

/// A stream that is read once, by the first clone that is sent.
#[derive(Clone)]
pub(crate) struct BodyStream {
    source: Arc<Mutex<Option<Source>>>,
    /// Its length in bytes, if known.
    length: Option<u64>,
}

impl BodyStream {
    pub fn new<E: Into<BoxError>>(
        stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        let source: Source = Box::pin(Converted(Box::pin(stream)));
        let source: Source = match length {
            Some(length) => Box::pin(Measured::new(source, length)),
            None => source,
        };
        Self {
            source: Arc::new(Mutex::new(Some(source))),
            length,
        }
    }

    fn open(&self) -> Result<OpenPart, Error> {
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        let source = source.take().ok_or_else(|| {
            Error::invalid_input(
                "body",
                "is a stream that has been sent already: pass a new one",
            )
        })?;
        Ok(OpenPart::Stream(source, self.length))
    }
}

/// A stream that fails unless it yields exactly as many bytes as declared.
///
/// The last chunk is sent only when the stream has ended. Otherwise the server could have a
/// complete body although the stream yields more.
struct Measured {
    /// `None` at the end.
    source: Option<Source>,
    length: u64,
    left: u64,
    last: Option<Bytes>,
}

impl Measured {
    fn new(source: Source, length: u64) -> Self {
        Self {
            source: Some(source),
            length,
            left: length,
            last: None,
        }
    }

    fn wrong(&mut self, what: impl fmt::Display) -> BoxError {
        self.source = None;
        let length = self.length;
        format!("the stream {what} the {length} bytes that it was said to have").into()
    }
}

impl Stream for Measured {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            let Some(source) = &mut this.source else {
                return Poll::Ready(None);
            };
            let chunk = match ready!(source.as_mut().poll_next(context)) {
                Some(Ok(chunk)) => chunk,
                Some(Err(error)) => {
                    this.source = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None if this.left > 0 => {
                    let given = this.length - this.left;
                    let error = this.wrong(format_args!("ended after {given} of"));
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    this.source = None;
                    return Poll::Ready(this.last.take().map(Ok));
                }
            };
            match this.left.checked_sub(chunk.len() as u64) {
                None => return Poll::Ready(Some(Err(this.wrong("gives more than")))),
                Some(_) if chunk.is_empty() => {}
                Some(0) => (this.left, this.last) = (0, Some(chunk)),
                Some(left) => {
                    this.left = left;
                    return Poll::Ready(Some(Ok(chunk)));
                }
            }
        }
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

/// The caller's stream failed. A type of its own, because hyper reports the same error for a
/// connection whose runtime has ended.
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
pub(crate) enum BodyPart {
    Bytes(Bytes),
    Stream(BodyStream),
}

/// A body, in parts.
#[derive(Clone, Default)]
pub(crate) struct RequestBody(Vec<BodyPart>);

impl RequestBody {
    pub fn new(parts: Vec<BodyPart>) -> Self {
        Self(parts)
    }

    /// Whether it can be sent again.
    pub fn is_whole(&self) -> bool {
        self.0.iter().all(|part| matches!(part, BodyPart::Bytes(_)))
    }

    /// The whole body, if no part of it is a stream.
    #[cfg(test)]
    pub fn whole(&self) -> Option<Vec<u8>> {
        let parts = self.0.iter().map(|part| match part {
            BodyPart::Bytes(bytes) => Some(&**bytes),
            BodyPart::Stream(_) => None,
        });
        parts
            .collect::<Option<Vec<_>>>()
            .map(|parts| parts.concat())
    }

    /// The body as it is sent.
    pub(super) async fn start(self) -> Result<Sending, Error> {
        let parts = self.0.into_iter().map(|part| match part {
            BodyPart::Bytes(bytes) => Ok(OpenPart::Bytes(bytes)),
            BodyPart::Stream(stream) => stream.open(),
        });
        let mut rest = parts.collect::<Result<VecDeque<_>, Error>>()?;
        let first = rest.pop_front();
        let mut sending = Sending { first, rest };
        if sending.size_hint().exact() == Some(0) {
            sending.expect_nothing().await?;
        }
        Ok(sending)
    }
}

impl<B: Into<Bytes>> From<B> for RequestBody {
    fn from(bytes: B) -> Self {
        let bytes = bytes.into();
        match bytes.is_empty() {
            true => Self::default(),
            false => Self(vec![BodyPart::Bytes(bytes)]),
        }
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestBody")
    }
}

enum OpenPart {
    Bytes(Bytes),
    /// Its length in bytes, if known.
    Stream(Source, Option<u64>),
}

/// A body that is being sent. All requests use this type, because the HTTP code is compiled for
/// each type.
pub(crate) struct Sending {
    /// The next part, so that a single one needs no allocation.
    first: Option<OpenPart>,
    rest: VecDeque<OpenPart>,
}

impl Sending {
    /// Reads an empty body to its end, which hyper does not.
    async fn expect_nothing(&mut self) -> Result<(), Error> {
        match poll_fn(|context| Pin::new(&mut *self).poll_frame(context)).await {
            Some(Err(error)) => {
                let what = format!("could not be read to its end: {error}");
                Err(Error::invalid_input("body", what))
            }
            _ => Ok(()),
        }
    }
}

impl From<Bytes> for Sending {
    fn from(bytes: Bytes) -> Self {
        Self {
            first: Some(OpenPart::Bytes(bytes)),
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
                Some(OpenPart::Bytes(bytes)) => (Some(Ok(std::mem::take(bytes))), true),
                Some(OpenPart::Stream(stream, _)) => {
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
        for part in self.first.iter().chain(&self.rest) {
            match part {
                OpenPart::Bytes(bytes) => length += bytes.len() as u64,
                OpenPart::Stream(_, Some(known)) => length += known,
                OpenPart::Stream(_, None) => return SizeHint::default(),
            }
        }
        SizeHint::with_exact(length)
    }
}
