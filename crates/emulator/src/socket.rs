//! A TCP stream that can be watched for its end while hyper reads and writes it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

/// A TCP stream of which one clone is read and written, and another watches for its end.
#[derive(Clone)]
pub(crate) struct Socket(Arc<TcpStream>);

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Socket(Arc::new(stream))
    }

    /// Waits until the peer has closed the connection, without reading any data.
    pub(crate) async fn closed(&self) {
        while let Ok(ready) = self.0.ready(Interest::READABLE).await {
            if ready.is_read_closed() {
                return;
            }
            // Unread data must not wake this task again.
            let _ = self.0.try_io(Interest::READABLE, || {
                Err::<(), _>(io::ErrorKind::WouldBlock.into())
            });
        }
    }
}

/// Repeats `$io` whenever the socket is ready, until it does not block.
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
        // hyper drops a connection after shutting it down, which closes it.
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
    async fn closed_detects_the_end_behind_unread_data() -> std::io::Result<()> {
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
