//! Deadlines of calls, from the header `grpc-timeout`.

use std::future::Future;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::{Instant, timeout_at};

/// The deadline of a call, counted from the arrival of its headers. `None` without a `grpc-timeout`,
/// and for one that cannot be parsed.
pub(super) fn deadline(headers: &HeaderMap) -> Option<Instant> {
    let value = headers.get("grpc-timeout")?.to_str().ok()?;
    let (number, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    let number = number.parse().ok()?;
    let timeout = match unit {
        "H" => Duration::from_secs(3_600).checked_mul(number)?,
        "M" => Duration::from_secs(60).checked_mul(number)?,
        "S" => Duration::from_secs(number.into()),
        "m" => Duration::from_millis(number.into()),
        "u" => Duration::from_micros(number.into()),
        "n" => Duration::from_nanos(number.into()),
        _ => return None,
    };
    Instant::now().checked_add(timeout)
}

/// Runs a call until its deadline, and returns `None` if it does not end in time. A late call is
/// dropped where it waits: before it executes a tool, or while the tool runs, which continues.
pub(super) async fn until<T>(
    deadline: Option<Instant>,
    call: impl Future<Output = T>,
) -> Option<T> {
    match deadline {
        None => Some(call.await),
        // `timeout_at` polls the call once even if the deadline has passed.
        Some(deadline) if deadline <= Instant::now() => None,
        Some(deadline) => timeout_at(deadline, call).await.ok(),
    }
}
