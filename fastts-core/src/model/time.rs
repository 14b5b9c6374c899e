//! Instants on the wall clock, counted in microseconds.

mod text;

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// An instant: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Arithmetic saturates, so no event time can make a stage overflow.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// The Unix epoch.
    pub const EPOCH: Time = Time(0);
    /// The earliest instant that can be told.
    pub const MIN: Time = Time(i64::MIN);
    /// The latest instant that can be told.
    pub const MAX: Time = Time(i64::MAX);

    /// Makes an instant from microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Time {
        Time(micros)
    }

    /// Makes an instant from whole seconds since the epoch; what does not fit saturates.
    pub const fn from_secs(seconds: i64) -> Time {
        Time(seconds.saturating_mul(1_000_000))
    }

    /// Makes an instant from seconds since the epoch, rounded to the microsecond; NaN becomes the epoch.
    pub fn from_secs_f64(seconds: f64) -> Time {
        // Apart, so that the fraction of a time far from ours is not lost in the product.
        let micros = (seconds.fract() * 1e6).round() as i64;
        Time((seconds.trunc() as i64).saturating_mul(1_000_000).saturating_add(micros))
    }

    /// Returns the microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the seconds since the epoch, exact to the microsecond for years near ours.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Returns the time from `earlier` to this instant, zero if `earlier` is later.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::from_micros(u64::try_from(i128::from(self.0) - i128::from(earlier.0)).unwrap_or(0))
    }

    /// Reads RFC 3339, and what [`Display`](fmt::Display) has written.
    pub(crate) fn parse(text: &str) -> Option<Time> {
        text::parse(text)
    }

    /// Appends what [`Display`](fmt::Display) writes.
    pub(crate) fn put(self, out: &mut Vec<u8>) {
        text::put(self, out);
    }

    /// Returns the microseconds from `other` to this instant, negative if `other` is later.
    pub(crate) fn micros_after(self, other: Time) -> i64 {
        self.0.saturating_sub(other.0)
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    fn add(self, duration: Duration) -> Time {
        Time(self.0.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Time {
    type Output = Time;

    fn sub(self, duration: Duration) -> Time {
        Time(self.0.saturating_sub(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Time {
    /// Writes RFC 3339 in UTC, with as many fractional digits as are needed; years before 0 and after 9999 with a sign and six digits,
    /// as ISO 8601 does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(32);
        self.put(&mut text);
        f.pad(&String::from_utf8_lossy(&text))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        assert_eq!(Time::MAX + Duration::from_secs(1), Time::MAX);
        assert_eq!(Time::MIN - Duration::MAX, Time::MIN);
        assert_eq!(Time::from_secs(i64::MAX), Time::MAX);
        assert_eq!(Time::MIN.since(Time::MAX), Duration::ZERO);
        assert_eq!(Time::MAX.since(Time::MIN), Duration::from_micros(u64::MAX));
    }

    #[test]
    fn displays_as_rfc_3339() {
        assert_eq!(Time::from_micros(1_500_000).to_string(), "1970-01-01T00:00:01.5Z");
        assert_eq!(Time::from_secs_f64(f64::NAN), Time::EPOCH);
        assert_eq!(Time::parse("1970-01-01T00:00:01.5Z"), Some(Time::from_micros(1_500_000)));
        assert_eq!(Time::parse("yesterday"), None);
    }
}
