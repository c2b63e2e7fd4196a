//! A connection in use: who uses it, for how long nobody has, and the task that drives it.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Duration, Instant, timeout_at};

use super::socket::{Socket, Standing};

/// The service closes a connection that was idle for 5 minutes; being first avoids the race.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4 * 60);

/// A connection that was quiet for longer is not trusted with a call that must not happen twice:
/// this process, or something on the way, may have slept through its end.
const MAX_QUIET: Duration = Duration::from_secs(30);

/// A connection on which calls are under way, and whose task has run this recently, is not suspected.
const MAX_BUSY_QUIET: Duration = Duration::from_secs(1);

/// How often other tasks get to run before what has arrived is taken for the end of the connection.
const YIELDS: usize = 3;

/// How many calls use a connection now, and when the last one ended.
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

/// Drives a connection until it ends, or nobody has used it for long.
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

/// Whether a request can be written to a connection, as far as this end can know.
///
/// `other_calls` counts the calls on it besides this one. A call that `must_not_repeat` is not given to
/// a connection that was quiet for long.
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
            // Responses to other calls arrive all the time.
            Standing::Unread if other_calls() > 0 && socket.quiet_for() < MAX_BUSY_QUIET => {
                return true;
            }
            // Lets the connection's task read: it may be a ping as well as the end.
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
