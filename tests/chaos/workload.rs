//! The calls, and what is recorded about each.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fastrand::Rng;
use http::Method;
use scalekit::{Client, Error, ErrorKind, Outcome};
use serde_json::{Value, json};

use crate::ledger::{Ledger, Reported};
use crate::process::Lag;

pub const CONCURRENCY: u64 = 64;
/// Each with a token of its own.
pub const CLIENTS: u64 = 4;
pub const DEADLINE: Duration = Duration::from_secs(1);
pub const MAX_RESPONSE_BYTES: usize = 256 * 1024;

/// How late a call may end, in addition to the lateness of the timers.
const GRACE: Duration = Duration::from_millis(250);

pub fn identifier(user: u64) -> String {
    format!("user-{user}@example.com")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Execute { idempotent: bool },
    Post,
    Get,
    Read,
}

impl Kind {
    fn of(rng: &mut Rng) -> Self {
        match rng.u8(..100) {
            0..50 => Kind::Execute { idempotent: false },
            50..60 => Kind::Execute { idempotent: true },
            60..70 => Kind::Post,
            70..75 => Kind::Get,
            _ => Kind::Read,
        }
    }

    fn once(self) -> bool {
        matches!(self, Kind::Execute { idempotent: false } | Kind::Post)
    }
}

/// The observations. Errors that were expected are counted by kind and outcome.
pub struct Tally {
    pub ledger: Arc<Ledger>,
    pub successes: AtomicU64,
    pub cancelled: AtomicU64,
    pub repeated: AtomicU64,
    pub errors: Mutex<BTreeMap<String, u64>>,
    pub broken: Mutex<Vec<String>>,
    /// The maximum overrun of a deadline, in microseconds.
    pub overrun: AtomicU64,
}

impl Tally {
    pub fn new(ledger: Arc<Ledger>) -> Self {
        Self {
            ledger,
            successes: AtomicU64::new(0),
            cancelled: AtomicU64::new(0),
            repeated: AtomicU64::new(0),
            errors: Mutex::default(),
            broken: Mutex::default(),
            overrun: AtomicU64::new(0),
        }
    }

    fn broken(&self, what: String) {
        let mut broken = self.broken.lock().expect("a lock");
        if broken.len() < 20 {
            broken.push(what);
        }
    }
}

pub async fn call(client: &Client, user: u64, id: u64, seed: u64, tally: &Tally, lag: &Lag) {
    let ledger = &tally.ledger;
    let mut rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ id);
    let kind = Kind::of(&mut rng);
    ledger.begin(id, kind.once());
    let cancelled_after = (rng.u8(..100) == 0).then(|| Duration::from_micros(rng.u64(..20_000)));
    let started = Instant::now();
    let result = match cancelled_after {
        None => make(client, kind, user, id).await,
        Some(after) => match tokio::time::timeout(after, make(client, kind, user, id)).await {
            Ok(result) => result,
            Err(_) => {
                tally.cancelled.fetch_add(1, Ordering::Relaxed);
                return;
            }
        },
    };
    let over = started.elapsed().saturating_sub(DEADLINE);
    tally
        .overrun
        .fetch_max(over.as_micros() as u64, Ordering::Relaxed);
    if over > GRACE + lag.worst() {
        tally.broken(format!(
            "call {id} ({kind:?}) ended {over:?} after its deadline"
        ));
    }
    match result {
        Ok(right) => {
            tally.successes.fetch_add(1, Ordering::Relaxed);
            if !right {
                tally.broken(format!(
                    "call {id} ({kind:?}) got the response of another call"
                ));
            }
            if kind != Kind::Read {
                ledger.reported(id, Reported::Succeeded);
            }
        }
        Err(error) => note_error(&error, kind, id, tally),
    }
}

fn note_error(error: &Error, kind: Kind, id: u64, tally: &Tally) {
    if error.attempts() > 1 {
        tally.repeated.fetch_add(1, Ordering::Relaxed);
    }
    let name = format!("{:?}, {:?}", error.kind(), error.outcome());
    *tally
        .errors
        .lock()
        .expect("a lock")
        .entry(name)
        .or_default() += 1;
    if let Some(reported) = Reported::by(error.outcome())
        && kind != Kind::Read
    {
        tally.ledger.reported(id, reported);
    }
    // The errors that the faults can cause for a client. Any other is wrong.
    let possible = matches!(
        (error.kind(), error.outcome()),
        (ErrorKind::Connection | ErrorKind::GatewayTimeout, Outcome::NotSent | Outcome::Unknown)
            | (ErrorKind::ServiceUnavailable, Outcome::NotSent | Outcome::Unknown)
            | (ErrorKind::TooManyRequests, Outcome::Unknown)
            | (ErrorKind::InternalServer, Outcome::Rejected | Outcome::Unknown)
            | (ErrorKind::NotImplemented, Outcome::Rejected)
            // A gateway's response to a proxied request cannot be distinguished from a provider's.
            | (ErrorKind::Tool | ErrorKind::ToolUnauthorized, Outcome::Rejected | Outcome::Unknown)
            | (ErrorKind::ToolForbidden, Outcome::Rejected)
            | (ErrorKind::ToolRateLimit, Outcome::Unknown)
            | (ErrorKind::Decode, Outcome::NotSent | Outcome::Unknown)
            | (ErrorKind::Unauthorized, Outcome::Rejected)
            // The deadline passed at the server, which reported it.
            | (ErrorKind::Cancelled, Outcome::Unknown)
    );
    // The last of several attempts was rejected, and an earlier one may have taken effect.
    let rejected_later = matches!(
        error.kind(),
        ErrorKind::Unauthorized | ErrorKind::NotImplemented | ErrorKind::ToolForbidden
    ) && error.outcome() == Outcome::Unknown
        && error.attempts() > 1
        && !kind.once();
    // An invalid body from the provider is detected after the call.
    let after_the_call = error.kind() == ErrorKind::Decode && error.attempts() == 0;
    if !(possible || rejected_later) || (error.attempts() == 0 && !after_the_call) {
        tally.broken(format!("call {id} ({kind:?}): {error:?}"));
    }
}

/// Makes a call. Returns whether the response is correct.
async fn make(client: &Client, kind: Kind, user: u64, id: u64) -> Result<bool, Error> {
    let identifier = identifier(user);
    let account = ("chaos", identifier.as_str());
    match kind {
        Kind::Execute { idempotent } => {
            let call = client
                .actions()
                .execute_tool("chaos", json!({ "id": id }))
                .account(account);
            let call = if idempotent {
                call.idempotent(true)
            } else {
                call
            };
            let response = call.await?.value()?;
            Ok(response["id"] == id && response["identifier"] == identifier.as_str())
        }
        Kind::Post | Kind::Get => {
            let method = if kind == Kind::Post {
                Method::POST
            } else {
                Method::GET
            };
            let path = format!("/{id}");
            let request = client
                .actions()
                .request(account.0, account.1, path)
                .method(method);
            let response: Value = request.await?.error_for_status()?.json()?;
            Ok(response["id"] == id)
        }
        Kind::Read => {
            let account = client
                .actions()
                .get_connected_account_details(account)
                .await?;
            Ok(account.identifier == identifier)
        }
    }
}

/// Whether the clients still work after the run.
pub async fn still_usable(clients: &[Client]) -> bool {
    for client in clients {
        for kind in [Kind::Execute { idempotent: false }, Kind::Post, Kind::Read] {
            if !matches!(make(client, kind, 0, u64::from(u32::MAX)).await, Ok(true)) {
                return false;
            }
        }
    }
    true
}
