//! Watches what arrives on HTTP/2 connections: limits interim responses, notes rejected certificates.
//!
//! hyper reports interim responses only for HTTP/1.1. h2 queues those of HTTP/2, and while they
//! arrive, no other task of a current-thread runtime runs.

use std::collections::HashMap;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::connect::certificate_rejected;
use super::interim;
use super::socket::Socket;

/// The head of a frame, and what matters in it (RFC 9113, sections 4.1 and 6).
const HEAD: usize = 9;
const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const RST_STREAM: u8 = 0x3;
const END_STREAM: u8 = 0x1;

/// A cancelled call can leave its stream behind; no server has as many heads under way as this.
const MAX_STREAMS: usize = 10_000;

/// A stream of bytes whose incoming frames are watched.
pub(super) struct Watched<S> {
    io: S,
    socket: Socket,
    frames: Frames,
}

impl<S> Watched<S> {
    pub fn new(io: S, socket: Socket) -> Self {
        Self {
            io,
            socket,
            frames: Frames::default(),
        }
    }
}

/// Where in the frames the bytes are that arrive next.
#[derive(Default)]
struct Frames {
    head: [u8; HEAD],
    /// How much of the head has arrived.
    filled: usize,
    /// How much of the payload is to come.
    payload: usize,
    /// Heads without an end on each stream, as long as there is nothing else on it.
    heads: HashMap<u32, u32>,
}

impl Frames {
    /// Whether there are no more interim responses in them than are allowed.
    fn push(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            let skipped = self.payload.min(bytes.len());
            self.payload -= skipped;
            bytes = &bytes[skipped..];
            let taken = (HEAD - self.filled).min(bytes.len());
            self.head[self.filled..self.filled + taken].copy_from_slice(&bytes[..taken]);
            self.filled += taken;
            bytes = &bytes[taken..];
            if self.filled == HEAD {
                self.filled = 0;
                if !self.frame() {
                    return false;
                }
            }
        }
        true
    }

    fn frame(&mut self) -> bool {
        let [a, b, c, kind, flags, stream @ ..] = self.head;
        self.payload = u32::from_be_bytes([0, a, b, c]) as usize;
        let stream = u32::from_be_bytes(stream);
        match kind {
            HEADERS if flags & END_STREAM == 0 => {
                if self.heads.len() >= MAX_STREAMS {
                    self.heads.clear();
                }
                let heads = self.heads.entry(stream).or_default();
                *heads += 1;
                // The last one is the response.
                *heads <= interim::MAX + 1
            }
            HEADERS | DATA | RST_STREAM => {
                self.heads.remove(&stream);
                true
            }
            _ => true,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.io).poll_read(context, buffer));
        // Noted here, because h2 loses the source of an error.
        if let Some(rejected) = read
            .as_ref()
            .err()
            .and_then(|error| certificate_rejected(error))
        {
            self.socket.reject(rejected);
        }
        read?;
        if !self.frames.push(&buffer.filled()[before..]) {
            self.socket.cut();
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
        let head = [&length[1..], &[kind, flags]].concat();
        [&head[..], &stream.to_be_bytes(), payload].concat()
    }

    /// How many of these frames are let through, however the bytes are cut.
    fn passed(frames: &[Vec<u8>], chunk: usize) -> usize {
        let mut watched = Frames::default();
        let mut passed = 0;
        for frame in frames {
            for bytes in frame.chunks(chunk) {
                if !watched.push(bytes) {
                    return passed;
                }
            }
            passed += 1;
        }
        passed
    }

    #[test]
    fn so_many_heads_on_one_stream_and_no_more() {
        let interim = frame(HEADERS, 0x4, 1, b"103");
        let frames = vec![interim; 100];
        for chunk in [1, 2, 8, 9, 10, 1000] {
            assert_eq!(passed(&frames, chunk), 33, "{chunk}");
        }
    }

    #[test]
    fn responses_on_many_streams_pass() {
        let mut frames = Vec::new();
        for stream in 0..20_000 {
            frames.push(frame(HEADERS, 0x4, stream * 2 + 1, b"200"));
            // Payload that looks like a head.
            frames.push(frame(DATA, 0, stream * 2 + 1, &[HEADERS; 40]));
            frames.push(frame(HEADERS, 0x5, stream * 2 + 1, b"ok"));
        }
        assert_eq!(passed(&frames, 13), frames.len());
        // All heads first, as a busy server does.
        let heads: Vec<_> = (0..20_000)
            .map(|stream| frame(HEADERS, 0x4, stream * 2 + 1, b"200"))
            .collect();
        assert_eq!(passed(&heads, 64), heads.len());
    }
}
