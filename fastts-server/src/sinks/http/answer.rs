//! What a server answered, and what that means.

use std::time::Duration;

use fastts_core::runtime::Clock;
use fastts_core::sink::Report;
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::{HeaderMap, LOCATION, RETRY_AFTER};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// How much of what a server says is told.
const TOLD: usize = 200;

/// An answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// Returns what became of a request with so many records. `secrets` are not told, should the server have said them.
    pub(super) fn report(&self, records: usize, secrets: &[String]) -> Report {
        let why = self.reason(secrets);
        match self.status.as_u16() {
            200..=299 => Report::delivered(),
            // What is wrong there is no fault of the records: a time-out, too many requests, a password that was changed, a server that
            // is broken or not let to answer.
            401 | 403 | 407 | 408 | 425 | 429 | 500..=599 => match self.after() {
                Some(after) => Report::again(why).after(after),
                None => Report::again(why),
            },
            _ if records > 1 => Report::again_singly(why),
            _ => Report::refused([0], why),
        }
    }

    /// Returns status and body, in words.
    fn reason(&self, secrets: &[String]) -> String {
        let mut reason = format!("it answers {}", self.status);
        if let Some(location) = self.headers.get(LOCATION).and_then(|value| value.to_str().ok()) {
            reason += &format!(", and is at {location}");
        }
        let said: String = String::from_utf8_lossy(&self.body).chars().take(TOLD).map(|c| if c.is_control() { ' ' } else { c }).collect();
        if !said.trim().is_empty() {
            reason += &format!(": {}", said.trim());
        }
        secrets.iter().filter(|secret| !secret.is_empty()).fold(reason, |reason, secret| reason.replace(secret.as_str(), "***"))
    }

    /// Returns how long the server wants to be left alone.
    fn after(&self) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let until = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        let now = Timestamp::from_microsecond(Clock::system().now().as_micros()).ok()?;
        Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
    }
}
