//! The use of a connection: calls in flight, idle time, and the task that drives it.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Duration, Instant, timeout_at};

use super::socket::{Socket, Standing};

/// The service closes connections after 5 idle minutes. Closing them earlier avoids a race.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4 * 60);

/// After a longer time without I/O, a connection is not used for a call that must not be repeated:
/// this process may have been suspended while the connection was closed.
const MAX_QUIET: Duration = Duration::from_secs(30);

/// A connection with calls in flight whose task has run this recently is considered alive.
const MAX_BUSY_QUIET: Duration = Duration::from_secs(1);

/// How often other tasks may run before unread bytes count as the end of the connection.
const YIELDS: usize = 3;

/// The number of calls on a connection, and the time when the last one ended.
#[derive(Debug)]
pub(super) struct Usage {
    calls: AtomicUsize,
    idle_since: Mutex<Instant>,
}

impl Usage {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            calls: AtomicUsize::new(0),
            idle_since: Mutex::new(Instant::now()),
        })
    }

    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Counts a call until the result is dropped.
    pub fn begin(self: &Arc<Self>) -> InUse {
        self.calls.fetch_add(1, Ordering::Relaxed);
        InUse(self.clone())
    }

    fn idle_since(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.idle_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection while a call uses it.
pub(super) struct InUse(Arc<Usage>);

impl Drop for InUse {
    fn drop(&mut self) {
        *self.0.idle_since() = Instant::now();
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Drives a connection until it ends or has been idle for too long.
pub(super) async fn drive(connection: impl Future, usage: Arc<Usage>) {
    let mut connection = pin!(connection);
    loop {
        let idle_since = *usage.idle_since();
        let since = match usage.calls() {
            0 => idle_since,
            _ => Instant::now(),
        };
        if timeout_at(since + IDLE_TIMEOUT, &mut connection)
            .await
            .is_ok()
        {
            return;
        }
        if usage.calls() == 0 && usage.idle_since().elapsed() >= IDLE_TIMEOUT {
            return;
        }
    }
}

/// Whether a request can be written to a connection, as far as this side can know.
///
/// `other_calls` counts the other calls on it. A connection without recent I/O is not used for a
/// call that `must_not_repeat`.
pub(super) async fn can_be_used(
    socket: &Socket,
    other_calls: impl Fn() -> usize,
    closed: impl Fn() -> bool,
    must_not_repeat: bool,
) -> bool {
    if closed() || (must_not_repeat && socket.quiet_for() > MAX_QUIET) {
        return false;
    }
    for _ in 0..YIELDS {
        match socket.standing() {
            Standing::Closed => return false,
            Standing::Open => return !closed(),
            // Responses to other calls arrive at any time.
            Standing::Unread if other_calls() > 0 && socket.quiet_for() < MAX_BUSY_QUIET => {
                return true;
            }
            // Lets the connection's task read: it may be a ping or the end.
            Standing::Unread => tokio::task::yield_now().await,
        }
    }
    match socket.standing() {
        Standing::Closed => false,
        Standing::Open => !closed(),
        Standing::Unread => other_calls() > 0 && !closed(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::socket::tests::pair;
    use super::*;

    #[tokio::test]
    async fn a_quiet_connection_is_for_calls_that_may_be_repeated() {
        let (ours, _theirs) = pair().await;
        let socket = ours.socket();
        let usable =
            async |must_not_repeat| can_be_used(&socket, || 0, || false, must_not_repeat).await;
        socket.set_quiet_for(MAX_QUIET - Duration::from_secs(1));
        assert!(usable(true).await);
        socket.set_quiet_for(MAX_QUIET + Duration::from_secs(1));
        assert!(!usable(true).await);
        assert!(usable(false).await);
    }

    #[tokio::test]
    async fn what_has_arrived_on_an_idle_connection_and_stays_unread_is_its_end() {
        let (ours, theirs) = pair().await;
        theirs.try_write(b"GOAWAY").expect("sent");
        drop(theirs);
        let socket = ours.socket();
        while socket.standing() == Standing::Open {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(socket.standing(), Standing::Unread);
        assert!(!can_be_used(&socket, || 0, || false, false).await);
        // With calls on it, responses arrive.
        assert!(can_be_used(&socket, || 1, || false, false).await);
        // Unless the process slept, and its task has seen the end by now.
        socket.set_quiet_for(MAX_BUSY_QUIET * 2);
        let asked = std::cell::Cell::new(0);
        let closed = || {
            asked.set(asked.get() + 1);
            asked.get() > 1
        };
        assert!(!can_be_used(&socket, || 1, closed, false).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_driven_until_nobody_has_used_it_for_long() {
        let usage = Usage::new();
        let driven = tokio::spawn(drive(std::future::pending::<()>(), usage.clone()));
        let in_use = usage.begin();
        tokio::time::sleep(IDLE_TIMEOUT * 3).await;
        assert!(!driven.is_finished(), "a call is on it");
        drop(in_use);
        tokio::time::sleep(IDLE_TIMEOUT - Duration::from_secs(1)).await;
        assert!(!driven.is_finished());
        tokio::time::sleep(IDLE_TIMEOUT).await;
        assert!(driven.is_finished());
    }
}
