//! The emulator's clock: the system clock, shifted by an offset that tests set.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The adjustable clock that decides when tokens, links and accounts expire.
///
/// It keeps running after it was set. Delays of tools are real time and do not follow it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shift: Arc<Mutex<Shift>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Shift {
    by: Duration,
    back: bool,
}

impl Clock {
    /// The current time of the emulator.
    pub fn now(&self) -> SystemTime {
        let shift = *self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        let now = SystemTime::now();
        if shift.back {
            now.checked_sub(shift.by).unwrap_or(UNIX_EPOCH)
        } else {
            now.checked_add(shift.by).unwrap_or(now)
        }
    }

    /// Advances the clock.
    pub fn advance(&self, by: Duration) {
        let target = self.now().checked_add(by);
        if let Some(target) = target {
            self.set(target);
        }
    }

    /// Sets the clock to `time`, in the past or the future.
    pub fn set(&self, time: SystemTime) {
        let shift = match time.duration_since(SystemTime::now()) {
            Ok(by) => Shift { by, back: false },
            Err(before) => Shift {
                by: before.duration(),
                back: true,
            },
        };
        *self.shift.lock().unwrap_or_else(PoisonError::into_inner) = shift;
    }

    /// Follows the system clock again.
    pub fn reset(&self) {
        *self.shift.lock().unwrap_or_else(PoisonError::into_inner) = Shift::default();
    }

    /// The emulator's time in seconds since the epoch.
    pub(crate) fn unix(&self) -> u64 {
        self.now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    }
}

/// `time` as a protobuf timestamp, in whole microseconds like the service's.
pub(crate) fn timestamp(time: SystemTime) -> prost_types::Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    prost_types::Timestamp {
        seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(since.subsec_micros() * 1_000).unwrap_or(0),
    }
}
