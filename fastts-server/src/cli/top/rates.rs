//! What happened between two looks.

use std::time::Duration;

use super::breakers::BreakerRates;
use super::calls::CallRates;
use super::groups::GroupRates;
use super::sample::{Sample, seconds};
use crate::telemetry::stats::{Listener, Pipeline, Sink, Source};

/// How fast everything goes.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    pub(super) version: String,
    pub(super) uptime: Duration,
    pub(super) ready: bool,
    pub(super) pipelines: Vec<PipelineRates>,
    pub(super) listeners: Vec<ListenerRates>,
    pub(super) sinks: Vec<SinkRates>,
    pub(super) breakers: Vec<BreakerRates>,
    pub(super) groups: Vec<GroupRates>,
    /// Of the pipelines that are called.
    pub(super) calls: Vec<CallRates>,
    /// The sources that are no listeners.
    pub(super) sources: Vec<SourceRates>,
}

/// What a pipeline does in a second.
#[derive(Clone, Debug)]
pub(super) struct PipelineRates {
    pub(super) now: Pipeline,
    pub(super) received: f64,
    /// Events that were dropped or became dead letters.
    pub(super) lost: f64,
    /// How long an event takes; unknown when there was none.
    pub(super) cost: Option<Duration>,
    /// Which part of the time it ran.
    pub(super) busy: f64,
}

/// What a listener does in a second.
#[derive(Clone, Debug)]
pub(super) struct ListenerRates {
    pub(super) now: Listener,
    pub(super) messages: f64,
    pub(super) events: f64,
    /// Messages that were refused or dropped.
    pub(super) lost: f64,
}

/// What a sink does in a second.
#[derive(Clone, Debug)]
pub(super) struct SinkRates {
    pub(super) now: Sink,
    pub(super) sent: f64,
    pub(super) retried: f64,
    /// What was dropped or became a dead letter.
    pub(super) lost: f64,
}

/// What a source does in a second.
#[derive(Clone, Debug)]
pub(super) struct SourceRates {
    pub(super) now: Source,
    pub(super) batches: f64,
    pub(super) events: f64,
}

impl Rates {
    /// Compares two samples of the same server. One that has begun anew in between has done all of it since.
    pub(super) fn between(before: &Sample, now: &Sample) -> Rates {
        let anew = now.uptime() < before.uptime();
        let passed = now.at.saturating_duration_since(before.at);
        let passed = if anew { now.uptime().min(passed) } else { passed }.as_secs_f64().max(1e-9);
        let (before, now, uptime) = (&before.stats, &now.stats, now.uptime());
        let pipelines = now.pipelines.iter().map(|one| {
            let before = before.pipelines.iter().find(|other| other.name == one.name && !anew);
            let since = |count: fn(&Pipeline) -> u64| count(one).saturating_sub(before.map_or(0, count));
            let ran = since(|one| one.ran);
            let busy = seconds(one.busy).saturating_sub(before.map_or(Duration::ZERO, |before| seconds(before.busy)));
            PipelineRates {
                now: one.clone(),
                received: since(|one| one.received) as f64 / passed,
                lost: since(|one| one.dropped + one.dead) as f64 / passed,
                cost: (ran > 0).then(|| busy.div_f64(ran as f64)),
                busy: busy.as_secs_f64() / passed,
            }
        });
        let listeners = now.listeners.iter().map(|one| {
            let before = before.listeners.iter().find(|other| other.address == one.address && other.listener == one.listener && !anew);
            let rate = |count: fn(&Listener) -> u64| count(one).saturating_sub(before.map_or(0, count)) as f64 / passed;
            ListenerRates {
                now: one.clone(),
                messages: rate(|one| one.messages),
                events: rate(|one| one.events),
                lost: rate(|one| one.refused + one.dropped),
            }
        });
        let sinks = now.sinks.iter().map(|one| {
            let before = before.sinks.iter().find(|other| other.name == one.name && !anew);
            let rate = |count: fn(&Sink) -> u64| count(one).saturating_sub(before.map_or(0, count)) as f64 / passed;
            SinkRates {
                now: one.clone(),
                sent: rate(|one| one.sent),
                retried: rate(|one| one.retried),
                lost: rate(|one| one.dropped + one.refused),
            }
        });
        let groups = now.groups.iter().map(|one| {
            let before = before.groups.iter().find(|other| other.name == one.name && !anew);
            GroupRates::between(before, one, &now.groups, passed)
        });
        let breakers = now.breakers.iter().map(|one| {
            let before = before.breakers.iter().find(|other| other.name == one.name && !anew);
            BreakerRates::between(before, one, passed)
        });
        let calls = now.pipelines.iter().filter_map(|one| {
            let before = before.pipelines.iter().find(|other| other.name == one.name && !anew);
            CallRates::between(before, one, passed)
        });
        let is_listener = |one: &Source| now.listeners.iter().any(|other| other.listener == one.kind && other.address == one.place);
        let sources = now.sources.iter().filter(|one| !is_listener(one)).map(|one| {
            let before = before.sources.iter().find(|other| other.name == one.name && !anew);
            let rate = |count: fn(&Source) -> u64| count(one).saturating_sub(before.map_or(0, count)) as f64 / passed;
            SourceRates { now: one.clone(), batches: rate(|one| one.batches), events: rate(|one| one.events) }
        });
        Rates {
            version: now.version.clone(),
            uptime,
            ready: now.ready,
            pipelines: pipelines.collect(),
            listeners: listeners.collect(),
            sinks: sinks.collect(),
            breakers: breakers.collect(),
            groups: groups.collect(),
            calls: calls.collect(),
            sources: sources.collect(),
        }
    }

    /// Returns the line above the tables.
    pub(super) fn title(&self, server: &str) -> String {
        let ready = if self.ready { "" } else { ", draining" };
        format!("fastts {} at {server}, up {}{ready}", self.version, uptime(self.uptime))
    }
}

/// The columns of the table of pipelines; the first is as wide as there is room for.
pub(super) const PIPELINES: [(&str, usize); 8] =
    [("PIPELINE", 16), ("STATE", 11), ("IN/S", 7), ("EACH", 7), ("BUSY", 5), ("WAIT", 6), ("LOST/S", 7), ("RESTARTS", 8)];

/// The columns of the table of listeners.
pub(super) const LISTENERS: [(&str, usize); 8] =
    [("LISTENER", 16), ("CONNS", 6), ("MSG/S", 7), ("EVENTS/S", 8), ("LOST/S", 7), ("P50", 7), ("P99", 7), ("TOTAL", 7)];

/// The columns of the table of sinks.
pub(super) const SINKS: [(&str, usize); 8] =
    [("SINK", 16), ("STATE", 11), ("SENT/S", 7), ("AGAIN/S", 7), ("WAIT", 6), ("LAG", 6), ("LOST/S", 7), ("TOTAL", 7)];

/// The columns of the table of sources that are no listeners.
pub(super) const SOURCES: [(&str, usize); 6] =
    [("SOURCE", 16), ("STATE", 11), ("BATCH/S", 7), ("EVENTS/S", 8), ("RESTARTS", 8), ("TOTAL", 7)];

impl PipelineRates {
    /// Returns what stands in each column.
    pub(super) fn cells(&self) -> [String; 8] {
        [
            self.now.name.clone(),
            // When a stopped one is tried again is worth more than the word.
            self.now
                .again
                .filter(|_| self.now.state == "stopped")
                .map_or_else(|| self.now.state.clone(), |again| format!("off, {}", span(seconds(again)))),
            count(self.received),
            self.cost.map_or_else(String::new, span),
            format!("{:.0}%", self.busy * 100.0),
            count(self.now.mailbox.depth as f64),
            count(self.lost),
            count(self.now.restarts as f64),
        ]
    }

    /// Returns how much the pipeline needs somebody to look at it.
    pub(super) fn concern(&self) -> Concern {
        match &self.now.state[..] {
            "stopped" => Concern::Alarm,
            "backing off" => Concern::Warning,
            _ if self.lost > 0.0 || self.now.mailbox.depth * 2 > self.now.mailbox.capacity => Concern::Warning,
            _ => Concern::None,
        }
    }
}

impl ListenerRates {
    /// Returns what stands in each column.
    pub(super) fn cells(&self) -> [String; 8] {
        let time = |part: &str| self.now.latency.get(part).copied().flatten().map_or_else(String::new, |time| span(seconds(time)));
        [
            format!("{} {}", self.now.listener, self.now.address),
            count(self.now.connections.open as f64),
            count(self.messages),
            count(self.events),
            count(self.lost),
            time("0.5"),
            time("0.99"),
            count(self.now.events as f64),
        ]
    }
}

impl SinkRates {
    /// Returns what stands in each column.
    pub(super) fn cells(&self) -> [String; 8] {
        let lag = seconds(self.now.lag);
        [
            self.now.name.clone(),
            self.now.state.clone(),
            count(self.sent),
            count(self.retried),
            count((self.now.waiting + self.now.sending) as f64),
            if lag.is_zero() { String::new() } else { span(lag) },
            count(self.lost),
            count(self.now.sent as f64),
        ]
    }

    /// Returns how much the sink needs somebody to look at it.
    pub(super) fn concern(&self) -> Concern {
        match &self.now.state[..] {
            "gone" | "blown" => Concern::Alarm,
            "delivers" if self.lost == 0.0 => Concern::None,
            _ => Concern::Warning,
        }
    }
}

impl SourceRates {
    /// Returns what stands in each column.
    pub(super) fn cells(&self) -> [String; 6] {
        [
            self.now.name.clone(),
            self.now.state.clone(),
            count(self.batches),
            count(self.events),
            count(self.now.restarts as f64),
            count(self.now.events as f64),
        ]
    }

    /// Returns how much the source needs somebody to look at it.
    pub(super) fn concern(&self) -> Concern {
        match &self.now.state[..] {
            "stopped" => Concern::Alarm,
            "backing off" => Concern::Warning,
            _ => Concern::None,
        }
    }
}

/// Whether something is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concern {
    None,
    Warning,
    Alarm,
}

/// Writes a number in at most six characters.
pub(super) fn count(number: f64) -> String {
    let (value, unit) = match number {
        ..9_999.5 => (number, ""),
        ..999.95e3 => (number / 1e3, "k"),
        ..999.95e6 => (number / 1e6, "M"),
        ..999.95e9 => (number / 1e9, "G"),
        _ => (number / 1e12, "T"),
    };
    match unit {
        "" if number > 0.0 && number < 9.95 && number.fract() != 0.0 => format!("{value:.1}"),
        "" => format!("{value:.0}"),
        unit => format!("{value:.1}{unit}"),
    }
}

/// Writes a time in at most six characters.
fn span(time: Duration) -> String {
    let nanos = time.as_nanos() as f64;
    let (value, unit) = match nanos {
        ..999.5 => return format!("{nanos:.0}ns"),
        ..999.5e3 => (nanos / 1e3, "us"),
        ..999.5e6 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    if value < 9.95 { format!("{value:.1}{unit}") } else { format!("{value:.0}{unit}") }
}

fn uptime(time: Duration) -> String {
    let seconds = time.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m {:02}s", seconds % 60),
        (0, ..) => format!("{hours}h {minutes:02}m"),
        _ => format!("{days}d {hours:02}h"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Two looks at a server, a second apart.
    pub(in crate::cli::top) fn samples() -> [Sample; 2] {
        let stats = |seconds: f64, ran: u64, busy: f64| {
            serde_json::json!({
                "version": "1.2.3", "uptime": 3_700.0 + seconds, "ready": true,
                "pipelines": [
                    {"name": "errors per host", "state": "running", "received": ran + 100, "ran": ran, "dropped": 0, "dead": 0,
                     "mailbox": {"depth": 100, "capacity": 10_000}, "restarts": 0, "busy": busy},
                    {"name": "a pipeline with quite a long name", "state": "backing off", "received": ran / 2, "ran": ran / 2, "dropped": ran / 100,
                     "dead": 3, "mailbox": {"depth": 9_000, "capacity": 10_000}, "restarts": 12, "busy": busy / 2.0},
                    {"name": "gone", "state": "stopped", "received": 5, "ran": 5, "dropped": 0, "dead": 0,
                     "mailbox": {"depth": 0, "capacity": 10_000}, "restarts": 3, "busy": 0.0},
                ],
                "listeners": [
                    {"listener": "tcp", "address": "127.0.0.1:5555", "connections": {"open": 8}, "messages": ran / 100, "events": ran,
                     "refused": 0, "dropped": 0, "latency": {"0.5": 0.000_08, "0.99": 0.0012}},
                    {"listener": "udp", "address": "127.0.0.1:5555", "connections": {"open": 0}, "messages": 0, "events": 0,
                     "refused": 0, "dropped": 0, "latency": {"0.5": null, "0.99": null}},
                ],
            })
        };
        let [before, mut now] =
            [stats(0.0, 1_000_000, 1.0), stats(1.0, 2_234_567, 1.25)].map(|stats| Sample::read(&stats.to_string()).unwrap());
        now.at = before.at + Duration::from_secs(1);
        [before, now]
    }

    #[test]
    fn rates_are_of_what_happened_in_between() {
        let [before, now] = samples();
        let rates = Rates::between(&before, &now);
        let one = &rates.pipelines[0];
        assert_eq!((one.received, one.lost, one.busy), (1_234_567.0, 0.0, 0.25));
        assert_eq!(one.cost, Some(Duration::from_nanos(203)));
        assert_eq!((rates.pipelines[1].lost, rates.pipelines[2].cost), (12_345.0, None));
        let concerns: Vec<_> = rates.pipelines.iter().map(PipelineRates::concern).collect();
        assert_eq!(concerns, [Concern::None, Concern::Warning, Concern::Alarm]);
        assert_eq!((rates.listeners[0].events, rates.listeners[0].messages, rates.listeners[1].events), (1_234_567.0, 12_345.0, 0.0));
        assert_eq!(rates.title("h:1"), "fastts 1.2.3 at h:1, up 1h 01m");
    }

    #[test]
    fn sources_that_are_no_listeners_have_rates_too() {
        let [mut before, mut now] = samples();
        let source = |name: &str, place: &str, events: u64| Source {
            name: name.to_owned(),
            kind: name.to_owned(),
            place: place.to_owned(),
            state: "running".to_owned(),
            batches: events / 10,
            events,
            ..Source::default()
        };
        before.stats.sources = vec![source("tcp", "127.0.0.1:5555", 5), source("ticker", "", 100)];
        now.stats.sources = vec![source("tcp", "127.0.0.1:5555", 9), source("ticker", "", 350)];
        let rates = Rates::between(&before, &now);
        let cells: Vec<_> = rates.sources.iter().map(SourceRates::cells).collect();
        assert_eq!(cells, [["ticker", "running", "25", "250", "0", "350"].map(str::to_owned)]);
        assert_eq!(rates.sources[0].concern(), Concern::None);
    }

    #[test]
    fn sinks_have_rates_too() {
        let [mut before, mut now] = samples();
        let sink = |state: &str, sent: u64, retried: u64, waiting: usize, lag: f64, dropped: u64| Sink {
            name: "forward a:1".to_owned(),
            state: state.to_owned(),
            sent,
            retried,
            waiting,
            lag,
            dropped,
            ..Sink::default()
        };
        before.stats.sinks = vec![sink("delivers", 1_000, 0, 0, 0.0, 0)];
        now.stats.sinks = vec![sink("away", 1_250, 30, 700, 1.5, 4)];
        let rates = Rates::between(&before, &now);
        assert_eq!(rates.sinks[0].cells(), ["forward a:1", "away", "250", "30", "700", "1.5s", "4", "1250"].map(str::to_owned));
        assert_eq!(rates.sinks[0].concern(), Concern::Warning);
        let calm = Rates::between(&before, &before).sinks[0].clone();
        assert_eq!((calm.concern(), calm.cells()[5].clone()), (Concern::None, String::new()));
    }

    #[test]
    fn a_server_that_has_begun_anew_has_no_negative_rates() {
        let [before, mut now] = samples();
        now.stats.uptime = 0.5;
        now.stats.pipelines[0].received = 10;
        assert_eq!(Rates::between(&before, &now).pipelines[0].received, 20.0);
    }

    #[test]
    fn figures_fit_their_columns() {
        let counts = [0.0, 0.25, 9.0, 250.4, 9_999.0, 10_000.0, 999_900.0, 1_234_567.0, 12e9].map(count);
        assert_eq!(counts, ["0", "0.2", "9", "250", "9999", "10.0k", "999.9k", "1.2M", "12.0G"]);
        let spans = [5, 1_500, 80_000, 12_000_000, 1_500_000_000].map(|nanos| span(Duration::from_nanos(nanos)));
        assert_eq!(spans, ["5ns", "1.5us", "80us", "12ms", "1.5s"]);
        let times = [5, 65, 3_700, 90_000].map(|seconds| uptime(Duration::from_secs(seconds)));
        assert_eq!(times, ["5s", "1m 05s", "1h 01m", "1d 01h"]);
    }
}
