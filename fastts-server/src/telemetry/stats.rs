//! What the server has done so far, as JSON: `/stats` writes it, and `top` reads it.
//!
//! Fields stand in the order of their names, and what `top` does not show may be missing from a server of another version.

use std::collections::BTreeMap;

use fastts_core::TopicStats;
use fastts_core::breaker::{BreakerState, BreakerStats, KeyStats};
use fastts_core::index::QueryStats;
use fastts_core::runtime::{BoundaryStats, CallStats, GroupMember, GroupStats, LossStats, PipelineStats, SourceStats, StageStats};
use fastts_core::sink::SinkStats;
use serde::{Deserialize, Serialize};

use super::inside::Inside;
use super::meter::Meter;

/// The quantiles of the latencies.
const QUANTILES: [(&str, f64); 5] = [("0", 0.0), ("0.5", 0.5), ("0.95", 0.95), ("0.99", 0.99), ("0.999", 0.999)];

/// Everything there is to count.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stats {
    #[serde(default)]
    pub(crate) breakers: Vec<Breaker>,
    #[serde(default)]
    pub(crate) groups: Vec<Group>,
    #[serde(default)]
    pub(crate) index: Index,
    pub(crate) listeners: Vec<Listener>,
    #[serde(default)]
    pub(crate) losses: Vec<Lost>,
    pub(crate) pipelines: Vec<Pipeline>,
    #[serde(default)]
    pub(crate) queries: Queries,
    /// Whether events are accepted.
    pub(crate) ready: bool,
    #[serde(default)]
    pub(crate) sinks: Vec<Sink>,
    #[serde(default)]
    pub(crate) sources: Vec<Source>,
    #[serde(default)]
    pub(crate) topics: Vec<Topic>,
    /// For how long it has run, in seconds.
    pub(crate) uptime: f64,
    pub(crate) version: String,
}

/// What a breaker has done, and how it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Breaker {
    /// Whether the log tells of it, and not yet that it has healed.
    pub(crate) alarm: bool,
    pub(crate) blew: u64,
    /// Of one with a fuse for each key.
    pub(crate) keys: Option<Keys>,
    pub(crate) melted: u64,
    pub(crate) name: String,
    pub(crate) refused: u64,
    pub(crate) since: Option<String>,
    pub(crate) state: String,
    pub(crate) until: Option<String>,
    pub(crate) why: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Keys {
    pub(crate) blown: usize,
    pub(crate) forgotten: u64,
    pub(crate) known: usize,
    pub(crate) limit: usize,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Group {
    /// In how many seconds it is tried again, while it is stopped.
    pub(crate) again: Option<f64>,
    pub(crate) members: Vec<Member>,
    pub(crate) name: String,
    /// The group that it stands in.
    pub(crate) parent: Option<String>,
    pub(crate) restarts: u64,
    pub(crate) state: String,
    pub(crate) strategy: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Member {
    /// `pipeline`, `source` or `group`.
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) up: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Index {
    #[serde(default)]
    pub(crate) bytes: usize,
    pub(crate) left_out: u64,
    pub(crate) size: usize,
}

/// What was lost of one kind at one place.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Lost {
    pub(crate) count: u64,
    pub(crate) kind: String,
    /// Whether more was lost a moment ago.
    pub(crate) lasts: bool,
    pub(crate) place: String,
}

/// Queries of the index.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Queries {
    pub(crate) abandoned: u64,
    pub(crate) answered: u64,
    pub(crate) refused: u64,
    pub(crate) running: usize,
    pub(crate) timed_out: u64,
    pub(crate) waiting: usize,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Listener {
    pub(crate) address: String,
    pub(crate) bytes: u64,
    pub(crate) connections: Connections,
    pub(crate) dropped: u64,
    pub(crate) events: u64,
    /// By the part of the messages that took no longer, in seconds.
    pub(crate) latency: BTreeMap<String, Option<f64>>,
    pub(crate) listener: String,
    pub(crate) mended: u64,
    pub(crate) messages: u64,
    pub(crate) missed: u64,
    pub(crate) refused: u64,
    pub(crate) too_long: u64,
    pub(crate) under_way: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Connections {
    pub(crate) open: u64,
    pub(crate) opened: u64,
    pub(crate) refused: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Pipeline {
    /// In how many seconds it is built again, while it backs off or is stopped.
    pub(crate) again: Option<f64>,
    #[serde(default)]
    pub(crate) boundaries: Vec<Boundary>,
    /// In seconds.
    pub(crate) busy: f64,
    /// Of one that is called.
    pub(crate) calls: Option<Calls>,
    pub(crate) dead: u64,
    /// How many events it takes from its topic at most before it is done with others.
    pub(crate) demand: Option<usize>,
    pub(crate) dropped: u64,
    #[serde(default)]
    pub(crate) emptied: u64,
    pub(crate) group: Option<String>,
    #[serde(default)]
    pub(crate) held: usize,
    pub(crate) last_panic: Option<String>,
    pub(crate) mailbox: Mailbox,
    pub(crate) name: String,
    pub(crate) panics: u64,
    pub(crate) ran: u64,
    pub(crate) received: u64,
    pub(crate) restarts: u64,
    pub(crate) running: usize,
    pub(crate) slow: bool,
    pub(crate) stages: Vec<Stage>,
    pub(crate) state: String,
    /// How many of these it has taken and is not done with.
    pub(crate) taken: usize,
}

/// What became of the calls of a pipeline.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Calls {
    /// By reason; reasons for which none failed are left out.
    pub(crate) failed: BTreeMap<String, u64>,
    pub(crate) limit: usize,
    pub(crate) replied: u64,
    pub(crate) reply: String,
    pub(crate) under_way: usize,
}

/// A `pool` or a `map_async`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Boundary {
    pub(crate) accepted: u64,
    pub(crate) available: usize,
    pub(crate) blown: u64,
    pub(crate) breaker: String,
    pub(crate) busy: usize,
    pub(crate) done: u64,
    pub(crate) failed: u64,
    pub(crate) idle: usize,
    pub(crate) late: u64,
    pub(crate) lost: usize,
    pub(crate) overflow: usize,
    pub(crate) overflow_workers: usize,
    pub(crate) panicked: u64,
    pub(crate) queue: usize,
    pub(crate) reason: Option<String>,
    pub(crate) size: usize,
    pub(crate) stage: String,
    pub(crate) state: String,
    pub(crate) timed_out: u64,
    pub(crate) under_way: usize,
    pub(crate) unfinished: u64,
    pub(crate) waiting: usize,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Mailbox {
    pub(crate) capacity: usize,
    pub(crate) depth: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stage {
    pub(crate) emitted: Option<u64>,
    pub(crate) item: String,
    pub(crate) name: Option<String>,
    pub(crate) taken: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Sink {
    pub(crate) bytes: usize,
    pub(crate) capacity: usize,
    pub(crate) dropped: u64,
    /// In seconds.
    pub(crate) lag: f64,
    pub(crate) last_error: Option<String>,
    pub(crate) name: String,
    pub(crate) queued: u64,
    pub(crate) refused: u64,
    pub(crate) retried: u64,
    pub(crate) sending: usize,
    pub(crate) sent: u64,
    /// Such as `delivers`, or what keeps it from that.
    pub(crate) state: String,
    pub(crate) waiting: usize,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Source {
    pub(crate) batches: u64,
    pub(crate) events: u64,
    pub(crate) kind: String,
    pub(crate) last_error: Option<String>,
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) restarts: u64,
    pub(crate) state: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Topic {
    pub(crate) missed: u64,
    pub(crate) published: u64,
    pub(crate) subscriptions: usize,
    pub(crate) topic: String,
}

impl Stats {
    /// Looks at all that a server counts.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "it is asked over HTTP"))]
    pub(crate) fn of(inside: &Inside, ready: bool) -> Stats {
        let running = inside.running();
        Stats {
            breakers: running.breakers().stats().iter().map(Breaker::of).collect(),
            groups: running.groups().iter().map(Group::of).collect(),
            index: Index { bytes: running.index().bytes(), left_out: running.index().left_out(), size: running.index().len() },
            listeners: inside.meters().iter().map(|meter| Listener::of(meter)).collect(),
            losses: running.losses().iter().map(Lost::of).collect(),
            pipelines: running.stats().iter().map(Pipeline::of).collect(),
            queries: Queries::of(running.queries().stats()),
            ready,
            sinks: running.sinks().stats().iter().map(Sink::of).collect(),
            sources: running.sources().iter().map(Source::of).collect(),
            topics: running.topics().iter().map(Topic::of).collect(),
            uptime: inside.uptime().as_secs_f64(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

impl Breaker {
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "it is asked over HTTP"))]
    pub(crate) fn of(one: &BreakerStats) -> Breaker {
        let keys = |keys: &KeyStats| Keys { blown: keys.blown, forgotten: keys.forgotten, known: keys.known, limit: keys.limit };
        Breaker {
            alarm: one.alarm,
            blew: one.blew,
            keys: one.keys.as_ref().map(keys),
            melted: one.melted,
            name: one.name.to_string(),
            refused: one.refused,
            since: one.since.map(|since| since.to_string()),
            state: one.state.to_string(),
            until: one.until.map(|until| until.to_string()),
            why: one.why.as_ref().map(ToString::to_string),
        }
    }
}

impl Group {
    pub(crate) fn of(one: &GroupStats) -> Group {
        let member = |member: &GroupMember| Member { kind: member.kind.to_owned(), name: member.name.to_string(), up: member.is_up };
        Group {
            again: one.again.map(|again| again.as_secs_f64()),
            members: one.members.iter().map(member).collect(),
            name: one.name.to_owned(),
            parent: one.parent.map(str::to_owned),
            restarts: one.restarts,
            state: one.state.to_string(),
            strategy: one.strategy.to_string(),
        }
    }
}

impl Lost {
    fn of(one: &LossStats) -> Lost {
        Lost { count: one.count, kind: one.kind.to_owned(), lasts: one.lasts, place: one.place.to_string() }
    }
}

impl Queries {
    fn of(stats: QueryStats) -> Queries {
        let QueryStats { abandoned, answered, refused, running, timed_out, waiting, .. } = stats;
        Queries { abandoned, answered, refused, running, timed_out, waiting }
    }
}

impl Listener {
    fn of(meter: &Meter) -> Listener {
        let seen = meter.read();
        let quantile = |(name, part): (&str, f64)| (name.to_owned(), seen.latency.quantile(part).map(|took| took.as_secs_f64()));
        Listener {
            address: meter.address().to_string(),
            bytes: seen.bytes,
            connections: Connections { open: seen.open, opened: seen.connections, refused: seen.turned_away },
            dropped: seen.dropped,
            events: seen.events,
            latency: QUANTILES.into_iter().map(quantile).collect(),
            listener: meter.transport().to_owned(),
            mended: seen.mended,
            messages: seen.messages,
            missed: seen.missed,
            refused: seen.refused,
            too_long: seen.too_long,
            under_way: seen.under_way,
        }
    }
}

impl Pipeline {
    fn of(one: &PipelineStats) -> Pipeline {
        let stage = |stage: &StageStats| Stage {
            emitted: stage.emitted,
            item: stage.item.to_owned(),
            name: stage.name.map(str::to_owned),
            taken: stage.taken,
        };
        Pipeline {
            again: one.again.map(|again| again.as_secs_f64()),
            boundaries: one.boundaries.iter().map(Boundary::of).collect(),
            busy: one.busy.as_secs_f64(),
            calls: one.calls.as_ref().map(Calls::of),
            dead: one.dead,
            demand: one.demand,
            dropped: one.dropped,
            emptied: one.emptied,
            group: one.group.map(str::to_owned),
            held: one.held,
            last_panic: one.last_panic.as_ref().map(ToString::to_string),
            mailbox: Mailbox { capacity: one.capacity, depth: one.depth },
            name: one.name.to_owned(),
            panics: one.panics,
            ran: one.ran,
            received: one.received,
            restarts: one.restarts,
            running: one.running,
            slow: one.slow,
            stages: one.stages.iter().map(stage).collect(),
            state: one.state.to_string(),
            taken: one.taken,
        }
    }
}

impl Calls {
    fn of(one: &CallStats) -> Calls {
        let failed = one.failed.iter().filter(|(_, count)| *count > 0);
        Calls {
            failed: failed.map(|&(reason, count)| (reason.to_owned(), count)).collect(),
            limit: one.limit,
            replied: one.replied,
            reply: one.reply.to_owned(),
            under_way: one.under_way,
        }
    }
}

impl Boundary {
    fn of(one: &BoundaryStats) -> Boundary {
        Boundary {
            accepted: one.accepted,
            available: one.available,
            blown: one.blown,
            breaker: one.breaker.to_string(),
            busy: one.busy,
            done: one.done,
            failed: one.failed,
            idle: one.idle,
            late: one.late,
            lost: one.lost,
            overflow: one.overflow,
            overflow_workers: one.overflow_workers,
            panicked: one.panicked,
            queue: one.queue,
            reason: one.reason.clone(),
            size: one.size,
            stage: one.stage.to_owned(),
            state: one.state.to_string(),
            timed_out: one.timed_out,
            under_way: one.under_way,
            unfinished: one.unfinished,
            waiting: one.waiting,
        }
    }
}

impl Sink {
    fn of(one: &SinkStats) -> Sink {
        let state = match one.breaker {
            _ if one.gone => "gone",
            BreakerState::Blown => "blown",
            BreakerState::Probing => "probing",
            BreakerState::Off => "off",
            _ if one.away => "away",
            _ if one.blocking => "full",
            _ => "delivers",
        };
        Sink {
            bytes: one.bytes,
            capacity: one.capacity,
            dropped: one.dropped,
            lag: one.lag.as_secs_f64(),
            last_error: one.reason.clone(),
            name: one.name.clone(),
            queued: one.queued,
            refused: one.refused,
            retried: one.retried,
            sending: one.sending,
            sent: one.sent,
            state: state.to_owned(),
            waiting: one.waiting,
        }
    }
}

impl Source {
    fn of(one: &SourceStats) -> Source {
        Source {
            batches: one.batches,
            events: one.events,
            kind: one.description.kind.to_owned(),
            last_error: one.last_error.clone(),
            name: one.name.to_string(),
            place: one.description.place.clone(),
            restarts: one.restarts,
            state: one.state.to_string(),
        }
    }
}

impl Topic {
    fn of(one: &TopicStats) -> Topic {
        Topic { missed: one.missed, published: one.published, subscriptions: one.subscriptions, topic: one.topic.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;

    use fastts_core::runtime::{Options, Running};

    use super::*;

    crate::router! {
        pipeline "p" { index }
    }

    #[tokio::test]
    async fn the_text_has_all_fields_in_the_order_of_their_names() {
        let meter = Arc::new(Meter::new("tcp", SocketAddr::from(([127, 0, 0, 1], 5555))));
        let inside = Inside::new(Running::start(router(), Options::new()).unwrap(), [meter]);
        let mut stats = Stats::of(&inside, true);
        (stats.uptime, stats.version) = (1.5, "1.2.3".to_owned());
        let keys = Keys { limit: 100, known: 3, ..Keys::default() };
        stats.breakers.push(Breaker { name: "forward a:1".to_owned(), state: "closed".to_owned(), keys: Some(keys), ..Breaker::default() });
        stats.losses.push(Lost { count: 3, kind: "late".to_owned(), lasts: true, place: "p".to_owned() });
        stats.sinks.push(Sink { name: "forward a:1".to_owned(), state: "away".to_owned(), queued: 7, waiting: 7, ..Sink::default() });
        stats.sources.push(Source { name: "ticker".to_owned(), kind: "test".to_owned(), events: 7, ..Source::default() });
        let text = serde_json::to_string(&stats).unwrap();
        insta::assert_snapshot!("stats", text);
        let read: Stats = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text, "what is written can be read");
        // A map sorts its keys: that is how it was written always.
        let sorted: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(sorted.to_string(), text);
    }

    #[test]
    fn what_another_version_does_not_tell_is_not_missed() {
        let text = r#"{"version":"1","uptime":1.0,"ready":true,"pipelines":[{"name":"p"}],"listeners":[{"listener":"tcp","latency":{"0.5":null}}]}"#;
        let stats: Stats = serde_json::from_str(text).unwrap();
        assert_eq!((&stats.pipelines[0].name[..], stats.listeners[0].latency["0.5"]), ("p", None));
        assert!(serde_json::from_str::<Stats>(r#"{"other":1}"#).is_err());
    }
}
