//! The system's time; nothing else in this crate asks for it.

use std::time::{SystemTime, UNIX_EPOCH};

use fastts_core::Time;

/// Returns the time.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
