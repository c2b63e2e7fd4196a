//! Spans of time that a caller gives, as far as clocks can add them.

use std::time::Duration;

use crate::Error;

/// As good as no limit. Adding much more to the time that it is now overflows, which panics.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The same, or a year when it is longer.
pub(crate) fn bounded(duration: Duration) -> Duration {
    duration.min(LONGEST)
}

/// A span with which nothing could work when it is zero.
pub(crate) fn positive(setting: &str, duration: Duration) -> Result<Duration, Error> {
    match duration.is_zero() {
        true => Err(Error::config(format!("{setting} must be longer than zero"))),
        false => Ok(bounded(duration)),
    }
}
