//! Serves `/_emulator/…`: control for tests in other processes. It is not authenticated.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Method;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::Call;
use crate::code::Code;
use crate::faults::{Entry, FaultPlan};
use crate::request::read_body;
use crate::response::{Response, json_response, plain_error};
use crate::shared::Shared;

/// Sets the clock. Exactly one of the fields is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetClock {
    /// Seconds to advance the clock by.
    advance_seconds: Option<f64>,
    /// The new time in seconds since the epoch.
    unix_seconds: Option<f64>,
}

pub(crate) async fn serve(shared: Arc<Shared>, request: http::Request<Incoming>) -> Response {
    let (parts, body) = request.into_parts();
    match (&parts.method, parts.uri.path()) {
        (&Method::GET, "/_emulator/health") => json_response(200, &json!({ "status": "ok" })),
        (&Method::GET, "/_emulator/calls") => {
            let calls: Vec<Value> = shared.journal.calls().iter().map(Call::redacted).collect();
            json_response(
                200,
                &json!({ "calls": calls, "token_requests": shared.journal.token_requests() }),
            )
        }
        (&Method::POST, "/_emulator/reset") => {
            shared.reset();
            json_response(200, &json!({ "status": "ok" }))
        }
        (&Method::POST, "/_emulator/revoke_tokens") => {
            shared.tokens.revoke_all();
            json_response(200, &json!({ "status": "ok" }))
        }
        (&Method::GET, "/_emulator/faults") => faults(&shared),
        (&Method::DELETE, "/_emulator/faults") => {
            shared.faults.set(FaultPlan::new());
            faults(&shared)
        }
        (&Method::POST, "/_emulator/faults") => match read_body(body).await {
            Ok(body) => set_faults(&shared, &body),
            Err(status) => plain_error(400, status.code(), status.message()),
        },
        (&Method::GET, "/_emulator/clock") => clock(&shared),
        (&Method::POST, "/_emulator/clock") => match read_body(body).await {
            Ok(body) => set_clock(&shared, &body),
            Err(status) => plain_error(400, status.code(), status.message()),
        },
        _ => plain_error(
            404,
            Code::NotFound,
            "the emulator has GET calls, POST reset, POST revoke_tokens, GET and POST clock, \
             GET, POST and DELETE faults, GET health",
        ),
    }
}

/// Replaces the faults.
fn set_faults(shared: &Shared, body: &[u8]) -> Response {
    match FaultPlan::from_json(body) {
        Ok(plan) => {
            shared.faults.set(plan);
            faults(shared)
        }
        Err(message) => plain_error(400, Code::InvalidArgument, &message),
    }
}

/// The faults that can still apply, and how often each kind was applied.
fn faults(shared: &Shared) -> Response {
    let remaining = shared.faults.remaining();
    let faults: Vec<Entry> = remaining
        .iter()
        .map(|(target, fault)| Entry::new(target, fault))
        .collect();
    json_response(
        200,
        &json!({ "faults": faults, "hits": shared.faults.hits() }),
    )
}

fn set_clock(shared: &Shared, body: &[u8]) -> Response {
    let seconds = |value: f64| Duration::try_from_secs_f64(value).ok();
    let wanted: Result<SetClock, _> = serde_json::from_slice(body);
    match wanted {
        Ok(SetClock {
            advance_seconds: Some(by),
            unix_seconds: None,
        }) if seconds(by).is_some() => {
            shared.clock.advance(seconds(by).unwrap_or_default());
            clock(shared)
        }
        Ok(SetClock {
            advance_seconds: None,
            unix_seconds: Some(at),
        }) => match seconds(at).and_then(|at| UNIX_EPOCH.checked_add(at)) {
            Some(time) => {
                shared.clock.set(time);
                clock(shared)
            }
            None => bad_clock(),
        },
        _ => bad_clock(),
    }
}

fn bad_clock() -> Response {
    plain_error(
        400,
        Code::InvalidArgument,
        "the body must be {\"advance_seconds\": N} or {\"unix_seconds\": N}, not negative",
    )
}

fn clock(shared: &Shared) -> Response {
    let now: SystemTime = shared.clock.now();
    let seconds = now
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64());
    json_response(200, &json!({ "unix_seconds": seconds }))
}
