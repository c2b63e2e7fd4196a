//! Corrupted response bodies.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::time::Sleep;

use super::Encoding;
use crate::response::{Body, BoxError, Response};

/// A reset discards what HTTP/2 has not written yet. This delay lets it write first.
const FLUSH: Duration = Duration::from_millis(10);

/// The first byte begins neither a protobuf field nor a JSON value.
const MALFORMED: &[u8] = b"not protobuf, and not JSON";

/// The content of an oversized response. As a protobuf tag, `o` has an invalid wire type.
const FILLER: &[u8] = &[b'o'; 16 * 1024];

/// Half of a body, followed by an error that breaks the stream.
pub(super) fn half(body: Body) -> Body {
    Half {
        left: body.size_hint().exact().map(|length| length / 2),
        body,
        end: None,
    }
    .boxed_unsync()
}

struct Half {
    body: Body,
    /// How many bytes are still to be sent, once that is known.
    left: Option<u64>,
    end: Option<Pin<Box<Sleep>>>,
}

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            if let Some(end) = &mut self.end {
                ready!(end.as_mut().poll(cx));
                return Poll::Ready(Some(Err("broken off by a fault".into())));
            }
            let frame = ready!(Pin::new(&mut self.body).poll_frame(cx)).transpose()?;
            // The body ended before its half: it was empty, or trailers came next.
            let Some(Ok(mut data)) = frame.map(Frame::into_data) else {
                self.break_off();
                continue;
            };
            let length = data.len() as u64;
            let left = self.left.unwrap_or(length / 2);
            self.left = Some(left.saturating_sub(length));
            if left <= length {
                data.truncate(usize::try_from(left).unwrap_or(data.len()));
                self.break_off();
            }
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
    }

    fn size_hint(&self) -> SizeHint {
        // The headers announce the length of the whole body.
        self.body.size_hint()
    }
}

impl Half {
    fn break_off(&mut self) {
        self.end = Some(Box::pin(tokio::time::sleep(FLUSH)));
    }
}

/// A response with the right content type that cannot be decoded.
pub(super) fn malformed(encoding: Encoding) -> Response {
    Generated {
        head: Bytes::from_static(MALFORMED),
        filling: 0,
        tail: Bytes::new(),
        trailers: None,
    }
    .respond(encoding)
}

/// A response whose message has `bytes` bytes.
pub(super) fn oversized(encoding: Encoding, bytes: usize) -> Response {
    let (quote, quotes) = match encoding {
        Encoding::Grpc => (Bytes::new(), 0),
        Encoding::Json => (Bytes::from_static(b"\""), 2),
    };
    Generated {
        head: quote.clone(),
        // An empty message would be a valid response to some calls.
        filling: (bytes as u64).saturating_sub(quotes).max(1),
        tail: quote,
        trailers: None,
    }
    .respond(encoding)
}

/// A body that is generated while it is sent.
struct Generated {
    head: Bytes,
    filling: u64,
    tail: Bytes,
    trailers: Option<HeaderMap>,
}

impl Generated {
    fn length(&self) -> u64 {
        self.head.len() as u64 + self.filling + self.tail.len() as u64
    }

    fn respond(mut self, encoding: Encoding) -> Response {
        let content_type = match encoding {
            Encoding::Grpc => {
                self.frame();
                "application/grpc"
            }
            Encoding::Json => "application/json",
        };
        let mut response = http::Response::new(self.boxed_unsync());
        response.headers_mut().insert(
            http::header::CONTENT_TYPE,
            HeaderValue::from_static(content_type),
        );
        response
    }

    /// Frames the body as the single message of a gRPC response.
    fn frame(&mut self) {
        let around = (self.head.len() + self.tail.len()) as u64;
        self.filling = self.filling.min(u64::from(u32::MAX) - around);
        let mut head = BytesMut::with_capacity(5 + self.head.len());
        head.put_u8(0);
        head.put_u32(u32::try_from(self.length()).unwrap_or(u32::MAX));
        head.put_slice(&self.head);
        self.head = head.freeze();
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        self.trailers = Some(trailers);
    }
}

impl hyper::body::Body for Generated {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let data = if !self.head.is_empty() {
            std::mem::take(&mut self.head)
        } else if self.filling > 0 {
            let length = usize::try_from(self.filling)
                .map_or(FILLER.len(), |filling| filling.min(FILLER.len()));
            self.filling -= length as u64;
            Bytes::from_static(&FILLER[..length])
        } else if !self.tail.is_empty() {
            std::mem::take(&mut self.tail)
        } else {
            return Poll::Ready(
                self.trailers
                    .take()
                    .map(|trailers| Ok(Frame::trailers(trailers))),
            );
        };
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn size_hint(&self) -> SizeHint {
        match self.trailers {
            // gRPC frames state their own lengths.
            Some(_) => SizeHint::default(),
            None => SizeHint::with_exact(self.length()),
        }
    }
}
