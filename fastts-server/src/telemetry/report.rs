//! What the server tells about itself, as events through its own pipelines and under the names that Riemann gives them.

use std::time::{Duration, Instant};

use fastts_core::runtime::{Description, Intake, PipelineState, PipelineStats, Source, SourceError, Stop};
use fastts_core::{Batch, Event, Metric, Time};

use super::histogram::Snapshot;
use super::inside::Inside;
use super::meter::Reading;

/// The quantiles of latencies that Riemann tells.
const QUANTILES: [(&str, f64); 5] = [("0.0", 0.0), ("0.5", 0.5), ("0.95", 0.95), ("0.99", 0.99), ("0.999", 0.999)];

/// How full a mailbox is when that is told as a warning, and as critical.
const WARNING: f64 = 0.5;
const CRITICAL: f64 = 0.75;

/// Brings what the server knows about itself, once an interval.
#[derive(Clone, Debug)]
pub(crate) struct SelfMetrics {
    inside: Inside,
    interval: Duration,
}

impl SelfMetrics {
    pub(crate) fn new(inside: Inside, interval: Duration) -> SelfMetrics {
        SelfMetrics { inside, interval }
    }
}

impl Source for SelfMetrics {
    type Item = Event;

    fn describe(&self) -> Description {
        Description::new("self-metrics").at(format!("every {:?}", self.interval))
    }

    async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
        let mut report = Report::new(&self.inside, self.interval);
        let mut ticks = tokio::time::interval(self.interval);
        // After a time in which nothing could be said there is nothing to catch up with.
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks.reset();
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.requested() => return Ok(()),
            }
            let events = report.events(&self.inside, Instant::now(), out.now());
            tokio::select! {
                // Nobody is told when these are refused; there will be others.
                _ = out.deliver(Batch::of(events.iter().map(Event::view))) => {}
                () = stop.requested() => return Ok(()),
            }
        }
    }
}

/// What was seen the last time.
struct Report {
    host: String,
    ttl: f64,
    at: Instant,
    pipelines: Vec<PipelineStats>,
    listeners: Vec<Reading>,
}

impl Report {
    fn new(inside: &Inside, interval: Duration) -> Report {
        Report {
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            ttl: 2.0 * interval.as_secs_f64(),
            at: Instant::now(),
            pipelines: inside.running().stats(),
            listeners: read(inside),
        }
    }

    /// Returns what has happened since the last time.
    fn events(&mut self, inside: &Inside, at: Instant, now: Time) -> Vec<Event> {
        let pipelines = std::mem::replace(&mut self.pipelines, inside.running().stats());
        let listeners = std::mem::replace(&mut self.listeners, read(inside));
        let passed = at.duration_since(std::mem::replace(&mut self.at, at)).as_secs_f64();
        let mut events = Events { host: &self.host, ttl: self.ttl, now, passed, events: Vec::new() };
        events.streams(&self.listeners, &listeners);
        events.say("riemann index size".to_owned(), inside.running().index().len() as u64, "ok");
        for (meter, (seen, before)) in inside.meters().iter().zip(self.listeners.iter().zip(&listeners)) {
            // Riemann's name for what speaks TLS is tcp too, and its HTTP port is that of its WebSockets.
            let transport = match meter.transport() {
                "tls" => "tcp",
                "http" => "ws",
                other => other,
            };
            let service = format!("riemann server {transport} {}", meter.address());
            events.say(format!("{service} conns"), seen.open, "ok");
            events.rate(format!("{service} in rate"), seen.messages, before.messages);
            events.latencies(&format!("{service} in latency"), &(&seen.latency - &before.latency));
        }
        for (seen, before) in self.pipelines.iter().zip(&pipelines) {
            events.pipeline(seen, before);
        }
        events.events
    }
}

fn read(inside: &Inside) -> Vec<Reading> {
    inside.meters().iter().map(|meter| meter.read()).collect()
}

/// Events that are being made.
struct Events<'r> {
    host: &'r str,
    ttl: f64,
    now: Time,
    /// How many seconds have passed since the last time.
    passed: f64,
    events: Vec<Event>,
}

impl Events<'_> {
    fn say(&mut self, service: String, metric: impl Into<Metric>, state: &str) {
        let event = Event::new().with_host(self.host).with_service(&*service).with_state(state).with_time(self.now);
        self.events.push(event.with_metric(metric.into()).with_ttl(self.ttl).with_tags(["riemann"]));
    }

    fn rate(&mut self, service: String, seen: u64, before: u64) {
        let rate = if self.passed > 0.0 { seen.saturating_sub(before) as f64 / self.passed } else { 0.0 };
        self.say(service, rate, "ok");
    }

    /// Tells latencies in milliseconds; without a metric when nothing came.
    fn latencies(&mut self, service: &str, latency: &Snapshot) {
        for (name, part) in QUANTILES {
            let metric = latency.quantile(part).map_or(Metric::Missing, |took| Metric::Float(took.as_secs_f64() * 1e3));
            self.say(format!("{service} {name}"), metric, "ok");
        }
    }

    /// Tells what went into the pipelines, whichever way it came.
    fn streams(&mut self, seen: &[Reading], before: &[Reading]) {
        let events = |readings: &[Reading]| readings.iter().map(|one| one.events).sum();
        self.rate("riemann streams rate".to_owned(), events(seen), events(before));
        let latency = seen.iter().zip(before).map(|(seen, before)| &seen.latency - &before.latency).reduce(|all, one| &all + &one);
        if let Some(latency) = latency {
            self.latencies("riemann streams latency", &latency);
        }
    }

    /// Tells of a pipeline what Riemann tells of an executor.
    fn pipeline(&mut self, seen: &PipelineStats, before: &PipelineStats) {
        let service = format!("riemann pipeline {}", seen.name);
        self.rate(format!("{service} accepted rate"), seen.received, before.received);
        self.rate(format!("{service} completed rate"), seen.ran, before.ran);
        self.rate(format!("{service} dropped rate"), seen.dropped + seen.dead, before.dropped + before.dead);
        let used = seen.depth as f64 / seen.capacity.max(1) as f64;
        let full = match used {
            CRITICAL.. => "critical",
            WARNING.. => "warning",
            _ => "ok",
        };
        self.say(format!("{service} queue capacity"), seen.capacity as u64, "ok");
        self.say(format!("{service} queue size"), seen.depth as u64, full);
        self.say(format!("{service} queue used"), used, full);
        let state = match seen.state {
            PipelineState::Stopped => "critical",
            PipelineState::BackingOff => "warning",
            _ => "ok",
        };
        self.say(format!("{service} restarts"), seen.restarts, state);
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;

    use fastts_core::runtime::{Options, Running};

    use super::*;
    use crate::telemetry::Meter;

    crate::router! {
        #[mailbox(4)]
        pipeline "p" { index }
    }

    /// Returns the services, metrics and states of events.
    fn told(events: &[Event]) -> Vec<(&str, Option<f64>, &str)> {
        events.iter().map(|event| (event.service().unwrap(), event.metric().as_f64(), event.state().unwrap())).collect()
    }

    #[tokio::test]
    async fn riemanns_names_tell_what_happened_since_the_last_time() {
        let meters = ["tcp", "tls", "http"].map(|transport| Arc::new(Meter::new(transport, SocketAddr::from(([127, 0, 0, 1], 5555)))));
        let inside = Inside::new(Running::start(router(), Options::new()).unwrap(), meters.clone());
        let mut report = Report::new(&inside, Duration::from_secs(10));
        let _open = meters[0].open();
        meters[0].took(20, 300, 0);
        meters[0].handled(20, Duration::from_millis(4));
        let begun = report.at;
        let events = report.events(&inside, begun + Duration::from_secs(10), Time::from_secs(7));
        let all = told(&events);
        for expected in [
            ("riemann streams rate", Some(30.0), "ok"),
            ("riemann server tcp 127.0.0.1:5555 conns", Some(1.0), "ok"),
            ("riemann server tcp 127.0.0.1:5555 in rate", Some(2.0), "ok"),
            ("riemann server ws 127.0.0.1:5555 in rate", Some(0.0), "ok"),
            ("riemann server ws 127.0.0.1:5555 in latency 0.5", None, "ok"),
            ("riemann index size", Some(0.0), "ok"),
            ("riemann pipeline p accepted rate", Some(0.0), "ok"),
            ("riemann pipeline p queue capacity", Some(4.0), "ok"),
            ("riemann pipeline p queue used", Some(0.0), "ok"),
            ("riemann pipeline p restarts", Some(0.0), "ok"),
        ] {
            assert!(all.contains(&expected), "{expected:?} is not in {all:?}");
        }
        assert_eq!(all.iter().filter(|(service, ..)| service.starts_with("riemann server tcp")).count(), 14, "TLS is TCP to Riemann");
        for service in ["riemann streams latency 0.99", "riemann server tcp 127.0.0.1:5555 in latency 0.0"] {
            let millis = all.iter().find(|(name, ..)| *name == service).unwrap().1.unwrap();
            assert!((4.0..4.6).contains(&millis), "{service} is {millis} ms");
        }
        for event in &events {
            assert_eq!((event.time(), event.ttl(), event.tagged("riemann")), (Some(Time::from_secs(7)), Some(20.0), true));
            assert!(event.host().is_some_and(|host| !host.is_empty()));
        }
        let events = report.events(&inside, begun + Duration::from_secs(20), Time::from_secs(17));
        assert!(told(&events).contains(&("riemann streams rate", Some(0.0), "ok")), "nothing came since");
    }

    #[tokio::test]
    async fn the_fill_of_a_mailbox_is_a_state() {
        let inside = Inside::new(Running::start(router(), Options::new()).unwrap(), []);
        let before = inside.running().stats().remove(0);
        for (depth, state) in [(0, "ok"), (1, "ok"), (2, "warning"), (3, "critical"), (4, "critical")] {
            let mut events = Events { host: "h", ttl: 2.0, now: Time::EPOCH, passed: 1.0, events: Vec::new() };
            let mut seen = before.clone();
            seen.depth = depth;
            events.pipeline(&seen, &before);
            let used = ("riemann pipeline p queue used", Some(depth as f64 / 4.0), state);
            assert!(told(&events.events).contains(&used), "{used:?} is not in {:?}", told(&events.events));
        }
        let mut events = Events { host: "h", ttl: 2.0, now: Time::EPOCH, passed: 1.0, events: Vec::new() };
        let mut seen = before.clone();
        (seen.state, seen.restarts) = (PipelineState::Stopped, 3);
        events.pipeline(&seen, &before);
        assert!(told(&events.events).contains(&("riemann pipeline p restarts", Some(3.0), "critical")));
    }
}
