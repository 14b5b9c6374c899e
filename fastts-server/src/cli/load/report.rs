//! How it went.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::Shared;
use super::arguments::{Format, Load};
use super::latency::Latencies;
use super::tally::Tally;
use crate::cli::output;

/// The latencies that are told: of how many of a thousand messages they are not exceeded.
const QUANTILES: [(&str, f64); 3] = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)];

/// What it came to.
pub(super) struct Report {
    options: Load,
    server: String,
    total: Tally,
    /// For how long messages were sent.
    took: Duration,
}

impl Report {
    pub(super) fn new(shared: &Shared, total: Tally, took: Duration) -> Report {
        Report { options: shared.options.clone(), server: shared.server.clone(), total, took }
    }

    /// Returns whether everything that was sent was acknowledged, where that can be known.
    pub(super) fn is_clean(&self) -> bool {
        let counts = &self.total.counts;
        counts.refused + counts.unanswered + counts.failed == 0
    }

    /// Prints it.
    pub(super) fn print(&self) -> ExitCode {
        output::print(&match self.options.format {
            Format::Text => self.text(),
            Format::Json => format!("{}\n", self.json()),
        })
    }

    fn events(&self, messages: u64) -> u64 {
        messages * u64::from(self.options.batch)
    }

    /// Returns the events that got through, in a second.
    fn rate(&self) -> f64 {
        let through = if self.options.udp { self.total.counts.sent } else { self.total.counts.acknowledged };
        per_second(self.events(through), self.took)
    }

    fn text(&self) -> String {
        let Load { connections, batch, in_flight, udp, .. } = self.options;
        let counts = &self.total.counts;
        let mut text = String::new();
        let mut row = |name: &str, value: String| {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{name:<14} {value}");
        };
        let (plural, way) = (if connections == 1 { "" } else { "s" }, if udp { "udp" } else { "tcp" });
        row("to", format!("{way} {}, {connections} connection{plural}, {batch} events a message, {in_flight} in flight", self.server));
        row(
            if udp { "sent" } else { "acknowledged" },
            format!(
                "{} events/s ({} events in {:.1}s)",
                grouped(self.rate() as u64),
                grouped(self.events(if udp { counts.sent } else { counts.acknowledged })),
                self.took.as_secs_f64()
            ),
        );
        if !udp {
            row("latency", latencies(&self.total.latency));
        }
        for (name, messages) in [("refused", counts.refused), ("unanswered", counts.unanswered)] {
            if messages > 0 {
                row(name, format!("{} events", grouped(self.events(messages))));
            }
        }
        if counts.missed > 0 {
            row("never sent", format!("{} events that were due: the rate was not reached", grouped(self.events(counts.missed))));
        }
        if counts.failed > 0 {
            row("failed", format!("{} of {connections} connection{plural}", counts.failed));
        }
        if let Some(reason) = &self.total.reason {
            row("because", reason.clone());
        }
        text
    }

    fn json(&self) -> serde_json::Value {
        let (counts, latency) = (&self.total.counts, &self.total.latency);
        let millis = |nanos: u64| (nanos as f64 / 1e3).round() / 1e3;
        let mut latencies: serde_json::Map<_, _> = QUANTILES
            .iter()
            .map(|(name, quantile)| ((*name).to_owned(), json!(millis(latency.quantile(*quantile).unwrap_or(0)))))
            .collect();
        latencies.insert("max".to_owned(), json!(millis(latency.longest())));
        json!({
            "server": self.server,
            "transport": if self.options.udp { "udp" } else { "tcp" },
            "connections": self.options.connections,
            "batch": self.options.batch,
            "in_flight": self.options.in_flight,
            "seconds": self.took.as_secs_f64(),
            "events_per_second": self.rate(),
            "sent": self.events(counts.sent),
            "acknowledged": self.events(counts.acknowledged),
            "refused": self.events(counts.refused),
            "unanswered": self.events(counts.unanswered),
            "never_sent": self.events(counts.missed),
            "failed_connections": counts.failed,
            "reason": self.total.reason,
            "latency_ms": latencies,
        })
    }
}

/// Tells on stderr what happened since it was told last.
pub(super) fn progress(part: &Tally, took: Duration, since_begin: Duration, options: &Load) {
    let through = if options.udp { part.counts.sent } else { part.counts.acknowledged };
    let rate = per_second(through * u64::from(options.batch), took) as u64;
    let latency = if options.udp { String::new() } else { format!("  {}", latencies(&part.latency)) };
    output::say(format_args!("{:>5.0}s {:>14} events/s{latency}", since_begin.as_secs_f64(), grouped(rate)));
}

fn per_second(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(1e-9)
}

fn latencies(latency: &Latencies) -> String {
    if latency.is_empty() {
        return "nothing was acknowledged".to_owned();
    }
    let mut text: String =
        QUANTILES.iter().map(|(name, quantile)| format!("{name} {}, ", span(latency.quantile(*quantile).unwrap_or(0)))).collect();
    text += &format!("max {}", span(latency.longest()));
    text
}

/// Writes a time with three digits.
fn span(nanos: u64) -> String {
    let nanos = nanos as f64;
    let (value, unit) = match nanos {
        ..999.5e3 => (nanos / 1e3, "us"),
        ..999.5e6 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    let digits = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.digits$}{unit}")
}

/// Writes a number in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let comma = |at: usize| if at > 0 && (digits.len() - at).is_multiple_of(3) { "," } else { "" };
    digits.char_indices().map(|(at, digit)| format!("{}{digit}", comma(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([0, 999, 1_000, 12_345_678].map(grouped), ["0", "999", "1,000", "12,345,678"]);
        let spans = [1_234, 12_345, 999_499, 999_500, 9_996_000, 123_456_789, 12_000_000_000].map(span);
        assert_eq!(spans, ["1.23us", "12.3us", "999us", "1.00ms", "10.0ms", "123ms", "12.0s"]);
    }
}
