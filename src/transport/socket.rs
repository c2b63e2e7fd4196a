//! A TCP socket whose state can be checked without reading from it.

use std::io::{self, ErrorKind, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hyper_util::client::legacy::connect::{Connected, Connection};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::Error;

/// The first bytes of a TLS alert: what a server that expects TLS sends when it reads plain HTTP.
const TLS_ALERT: &[u8] = &[0x15, 0x03];

/// The observable state of a socket. It does not keep the socket open.
#[derive(Clone, Debug)]
pub(super) struct Socket {
    tcp: Weak<TcpStream>,
    seen: Arc<Seen>,
}

/// What the socket has seen.
#[derive(Debug)]
struct Seen {
    /// Milliseconds since the epoch, by the clock that also runs while the process is frozen.
    last_io: AtomicU64,
    read_anything: AtomicBool,
    starts_with_alert: AtomicBool,
    cut: AtomicBool,
    rejection: OnceLock<Error>,
}

/// The state of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing has arrived.
    Open,
    /// Bytes have arrived that the connection's task has not read yet. The end of the connection
    /// may follow them.
    Unread,
    /// The peer has closed it.
    Closed,
}

impl Socket {
    /// Asks the operating system. The connection's task may not have run since the connection was
    /// closed, for example because the process was suspended.
    pub fn standing(&self) -> Standing {
        let Some(tcp) = self.tcp.upgrade() else {
            return Standing::Closed;
        };
        let mut byte = [MaybeUninit::uninit()];
        match SockRef::from(&*tcp).peek(&mut byte) {
            Ok(0) => Standing::Closed,
            Ok(_) => Standing::Unread,
            Err(error) if error.kind() == ErrorKind::WouldBlock => Standing::Open,
            Err(error) if error.kind() == ErrorKind::Interrupted => Standing::Unread,
            Err(_) => Standing::Closed,
        }
    }

    /// How long ago the last byte was read or written. Zero after the clock was set back.
    pub fn quiet_for(&self) -> Duration {
        Duration::from_millis(now().saturating_sub(self.seen.last_io.load(Ordering::Relaxed)))
    }

    /// Whether the peer responded to plain HTTP with a TLS alert.
    pub fn starts_with_alert(&self) -> bool {
        self.seen.starts_with_alert.load(Ordering::Relaxed)
    }

    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.seen, &other.seen)
    }

    /// Makes all further reads fail.
    pub fn cut(&self) {
        self.seen.cut.store(true, Ordering::Relaxed);
    }

    pub fn is_cut(&self) -> bool {
        self.seen.cut.load(Ordering::Relaxed)
    }

    /// Notes that the server rejected the client's certificate.
    pub fn reject(&self, error: Error) {
        // The first one counts.
        let _ = self.seen.rejection.set(error);
    }

    pub fn rejection(&self) -> Option<Error> {
        self.seen.rejection.get().cloned()
    }

    #[cfg(test)]
    pub fn set_quiet_for(&self, quiet: Duration) {
        let quiet = u64::try_from(quiet.as_millis()).expect("a short time");
        self.seen.last_io.store(now() - quiet, Ordering::Relaxed);
    }
}

impl Seen {
    fn note_io(&self) {
        self.last_io.store(now(), Ordering::Relaxed);
    }

    fn note_read(&self, bytes: &[u8]) {
        self.note_io();
        if !self.read_anything.load(Ordering::Relaxed) && !bytes.is_empty() {
            self.read_anything.store(true, Ordering::Relaxed);
            let alert = bytes.starts_with(TLS_ALERT);
            self.starts_with_alert.store(alert, Ordering::Relaxed);
        }
    }
}

fn now() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since_epoch.unwrap_or_default().as_millis();
    u64::try_from(millis).unwrap_or(u64::MAX)
}

/// The bytes of a socket.
#[derive(Debug)]
pub(super) struct SocketIo {
    tcp: Arc<TcpStream>,
    seen: Arc<Seen>,
}

impl SocketIo {
    pub fn new(tcp: TcpStream) -> Self {
        Self {
            tcp: Arc::new(tcp),
            seen: Arc::new(Seen {
                last_io: AtomicU64::new(now()),
                read_anything: AtomicBool::new(false),
                starts_with_alert: AtomicBool::new(false),
                cut: AtomicBool::new(false),
                rejection: OnceLock::new(),
            }),
        }
    }

    /// For those who ask how the connection stands.
    pub fn socket(&self) -> Socket {
        Socket {
            tcp: Arc::downgrade(&self.tcp),
            seen: self.seen.clone(),
        }
    }

    fn poll_write_with(
        &self,
        context: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.tcp.poll_write_ready(context))?;
            match write(&self.tcp) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => {
                    self.seen.note_io();
                    return Poll::Ready(result);
                }
            }
        }
    }
}

impl AsyncRead for SocketIo {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        loop {
            if self.seen.cut.load(Ordering::Relaxed) {
                return Poll::Ready(Err(io::Error::from(ErrorKind::ConnectionAborted)));
            }
            ready!(self.tcp.poll_read_ready(context))?;
            match self.tcp.try_read_buf(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => {
                    self.seen.note_read(&buffer.filled()[before..]);
                    return Poll::Ready(result.map(drop));
                }
            }
        }
    }
}

impl AsyncWrite for SocketIo {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_with(context, |tcp| tcp.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_with(context, |tcp| tcp.try_write_vectored(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&*self.tcp).shutdown(std::net::Shutdown::Write))
    }
}

impl Connection for SocketIo {
    fn connected(&self) -> Connected {
        // What reaches the pool through the layers above: TLS, for one.
        Connected::new().extra(self.socket())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Our end of a connection, and the peer's.
    pub async fn pair() -> (SocketIo, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (ours, theirs) = tokio::join!(TcpStream::connect(address), listener.accept());
        let ours = SocketIo::new(ours.expect("connected"));
        (ours, theirs.expect("accepted").0)
    }

    /// Until the loopback interface has delivered it.
    fn wait_for(socket: &Socket, standing: Standing) {
        for _ in 0..1_000 {
            if socket.standing() == standing {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("{standing:?} expected, it is {:?}", socket.standing());
    }

    #[tokio::test]
    async fn a_socket_knows_what_its_task_has_not_seen() {
        let (ours, mut theirs) = pair().await;
        assert_eq!(ours.socket().standing(), Standing::Open);
        theirs.write_all(b"x").await.expect("sent");
        wait_for(&ours.socket(), Standing::Unread);
        let mut ours = ours;
        assert_eq!(ours.read_u8().await.expect("a byte"), b'x');
        assert_eq!(ours.socket().standing(), Standing::Open);
        drop(theirs);
        wait_for(&ours.socket(), Standing::Closed);
    }

    #[tokio::test]
    async fn asking_does_not_keep_it_open() {
        let (ours, mut theirs) = pair().await;
        let socket = ours.socket();
        drop(ours);
        assert_eq!(socket.standing(), Standing::Closed);
        let end = theirs.read(&mut [0]).await.expect("the end");
        assert_eq!(end, 0);
    }

    #[tokio::test]
    async fn a_reset_is_the_end_as_well() {
        let (ours, theirs) = pair().await;
        // Closing with linger 0 sends RST.
        SockRef::from(&theirs)
            .set_linger(Some(Duration::ZERO))
            .expect("set");
        drop(theirs);
        wait_for(&ours.socket(), Standing::Closed);
    }

    #[tokio::test]
    async fn any_byte_ends_the_quiet() {
        let (mut ours, mut theirs) = pair().await;
        ours.socket().set_quiet_for(Duration::from_secs(60));
        assert!(ours.socket().quiet_for() >= Duration::from_secs(60));
        ours.write_all(b"x").await.expect("written");
        assert!(ours.socket().quiet_for() < Duration::from_secs(30));
        ours.socket().set_quiet_for(Duration::from_secs(60));
        theirs.write_all(b"y").await.expect("written");
        ours.read_u8().await.expect("a byte");
        assert!(ours.socket().quiet_for() < Duration::from_secs(30));
    }

    #[tokio::test]
    async fn only_a_first_read_tells_an_alert() {
        for (sent, alert) in [(&b"\x15\x03\x03\0\x02"[..], true), (b"HTTP\x15\x03", false)] {
            let (mut ours, mut theirs) = pair().await;
            theirs.write_all(sent).await.expect("sent");
            drop(theirs);
            ours.read_to_end(&mut Vec::new()).await.expect("read");
            assert_eq!(ours.socket().starts_with_alert(), alert);
        }
    }
}
