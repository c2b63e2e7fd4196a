//! The connection that a call came by, and what a fault can do to it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// What a connection is told. A later one overrules those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    Serve,
    GoAway,
    Cut,
    BlackHole,
}

/// The way from a call to its connection.
#[derive(Clone)]
pub(crate) struct Line(watch::Sender<Order>);

impl Line {
    pub(crate) fn new() -> (Self, watch::Receiver<Order>) {
        let (line, orders) = watch::channel(Order::Serve);
        (Line(line), orders)
    }

    /// The calls under way end, and no new ones are taken.
    pub(crate) fn go_away(&self) {
        self.order(Order::GoAway);
    }

    /// The connection is gone.
    pub(crate) fn cut(&self) {
        self.order(Order::Cut);
    }

    /// The connection stays, and neither reads nor writes.
    pub(crate) fn black_hole(&self) {
        self.order(Order::BlackHole);
    }

    fn order(&self, order: Order) {
        self.0.send_if_modified(|current| {
            let overrules = *current < order;
            if overrules {
                *current = order;
            }
            overrules
        });
    }
}

/// A TCP connection that can be watched while somebody else reads and writes it.
#[derive(Clone)]
pub(crate) struct Socket(Arc<TcpStream>);

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Socket(Arc::new(stream))
    }

    /// Waits until the peer has closed the connection, without reading what it sent.
    pub(crate) async fn closed(&self) {
        while let Ok(ready) = self.0.ready(Interest::READABLE).await {
            if ready.is_read_closed() {
                return;
            }
            // Data that nobody will read must not wake this again.
            let _ = self.0.try_io(Interest::READABLE, || {
                Err::<(), _>(io::ErrorKind::WouldBlock.into())
            });
        }
    }
}

/// Does `io` whenever the socket is ready, until it does not block.
macro_rules! when_ready {
    ($ready:expr, $io:expr) => {
        loop {
            ready!($ready)?;
            match $io {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => break Poll::Ready(done),
            }
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        when_ready!(
            self.0.poll_read_ready(cx),
            self.0.try_read_buf(buffer).map(|_| ())
        )
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        when_ready!(self.0.poll_write_ready(cx), self.0.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        when_ready!(
            self.0.poll_write_ready(cx),
            self.0.try_write_vectored(slices)
        )
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Whoever shuts a connection down drops it next, and that closes it.
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncWriteExt as _;
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::timeout;

    use super::Socket;

    #[tokio::test]
    async fn a_peer_that_goes_is_seen_behind_what_it_sent() -> std::io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut peer = TcpStream::connect(listener.local_addr()?).await?;
        let socket = Socket::new(listener.accept().await?.0);
        peer.write_all(b"nobody reads this").await?;
        let silence = Duration::from_millis(50);
        assert!(timeout(silence, socket.closed()).await.is_err());
        peer.write_all(b"nor this").await?;
        assert!(timeout(silence, socket.closed()).await.is_err());
        drop(peer);
        timeout(Duration::from_secs(5), socket.closed()).await?;
        Ok(())
    }
}
