//! Points in time as RFC 3339 text in UTC, as the REST API writes them.

use std::time::SystemTime;

use prost_types::Timestamp;
use serde::{Deserialize, Deserializer, Serializer, de, ser};

/// Converts a timestamp; `None` if it is unset or outside the range of the platform.
pub(super) fn system_time(timestamp: Option<Timestamp>) -> Option<SystemTime> {
    SystemTime::try_from(timestamp?).ok()
}

/// The seconds of `9999-12-31T23:59:59Z`, the last second that RFC 3339 has, and those of
/// `0001-01-01T00:00:00Z`, the first that the API has.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

pub(super) fn serialize<S: Serializer>(
    time: &Option<SystemTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time.map(Timestamp::from) {
        Some(timestamp) if SECONDS.contains(&timestamp.seconds) => {
            serializer.collect_str(&timestamp)
        }
        Some(_) => Err(ser::Error::custom(
            "the time is outside the years 1 to 9999",
        )),
        None => serializer.serialize_none(),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SystemTime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let timestamp: Timestamp = text.parse().map_err(de::Error::custom)?;
    SystemTime::try_from(timestamp)
        .map(Some)
        .map_err(de::Error::custom)
}
