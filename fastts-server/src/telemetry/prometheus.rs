//! What Prometheus sees.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fastts_core::Total;
use fastts_core::breaker::{BreakerState, BreakerStats};
use fastts_core::runtime::{
    BoundaryStats, CallStats, GroupState, GroupStats, LossStats, PipelineState, PipelineStats, SourceState, SourceStats,
};
use fastts_core::sink::SinkStats;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelValue, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::inside::Inside;
use super::meter::Reading;

/// Every metric there is. What labels it has is bounded by the program: the names of pipelines, sinks, breakers, sources and
/// listeners, and as many meters and counters as the router may have.
#[derive(Clone, Copy, Debug)]
enum Name {
    UptimeSeconds,
    BuildInfo,
    IndexEvents,
    IndexBytes,
    IndexLeftOut,
    QueriesAnswered,
    QueriesTimedOut,
    QueriesRefused,
    QueriesRunning,
    QueriesWaiting,
    Subscriptions,
    Lost,
    PipelineEventsReceived,
    PipelineEventsRan,
    PipelineEventsDropped,
    PipelineEventsDead,
    PipelinePanics,
    PipelineRestarts,
    PipelineBusySeconds,
    PipelineHeldBytes,
    PipelineEmptied,
    PipelineMailboxEvents,
    PipelineMailboxCapacity,
    PipelineUp,
    PipelineCallsUnderWay,
    PipelineCallsReplied,
    PipelineCallsFailed,
    MeterItems,
    CounterValue,
    SinkQueued,
    SinkSent,
    SinkRetried,
    SinkRefused,
    SinkDropped,
    SinkWaiting,
    SinkCapacity,
    SinkLagSeconds,
    SinkUp,
    PoolItems,
    PoolWorkers,
    PoolWaiting,
    GroupUp,
    GroupRestarts,
    BreakerUp,
    BreakerMelted,
    BreakerBlew,
    BreakerRefused,
    SourceBatches,
    SourceEvents,
    SourceRestarts,
    SourceUp,
    ListenerConnections,
    ListenerConnectionsOpened,
    ListenerConnectionsRefused,
    ListenerMessages,
    ListenerMessagesRefused,
    ListenerMessagesDropped,
    ListenerEvents,
    ListenerEventsMissed,
    ListenerEventsTooLong,
    ListenerEventsMended,
    ListenerReceivedBytes,
    ListenerLatencySeconds,
}

impl Name {
    /// Returns the name as Prometheus sees it, without the `_total` of a counter; what it is; and what it means.
    fn described(self) -> (&'static str, MetricType, &'static str) {
        use MetricType::{Counter, Gauge, Histogram, Info};
        match self {
            Name::UptimeSeconds => ("fastts_uptime_seconds", Gauge, "For how long the server has run"),
            Name::BuildInfo => ("fastts_build", Info, "The version of fastts-server"),
            Name::IndexEvents => ("fastts_index_events", Gauge, "Events in the index"),
            Name::IndexBytes => ("fastts_index_bytes", Gauge, "What the events in the index take, with all that is needed to find them"),
            Name::IndexLeftOut => ("fastts_index_left_out", Counter, "Events left out of the index, as it was full"),
            Name::QueriesAnswered => ("fastts_queries_answered", Counter, "Queries of the index that were gone through"),
            Name::QueriesTimedOut => ("fastts_queries_timed_out", Counter, "Queries that were given up, as they took too long"),
            Name::QueriesRefused => ("fastts_queries_refused", Counter, "Queries that were refused, as too many ran and waited"),
            Name::QueriesRunning => ("fastts_queries_running", Gauge, "Queries that run"),
            Name::QueriesWaiting => ("fastts_queries_waiting", Gauge, "Queries that wait until others are done"),
            // Clients name topics, so that no label may.
            Name::Subscriptions => ("fastts_subscriptions", Gauge, "Subscriptions to topics from outside"),
            Name::Lost => ("fastts_lost", Counter, "What was lost, by kind and place: docs/runtime.md tells of each"),
            Name::PipelineEventsReceived => ("fastts_pipeline_events_received", Counter, "Events the pipeline has accepted"),
            Name::PipelineEventsRan => ("fastts_pipeline_events", Counter, "Events that went through the pipeline"),
            Name::PipelineEventsDropped => {
                ("fastts_pipeline_events_dropped", Counter, "Events dropped by a full mailbox, or as the pipeline is stopped")
            }
            Name::PipelineEventsDead => ("fastts_pipeline_events_dead", Counter, "Events at which the pipeline panicked"),
            Name::PipelinePanics => ("fastts_pipeline_panics", Counter, "Panics of the pipeline, its timers and its restarts"),
            Name::PipelineRestarts => ("fastts_pipeline_restarts", Counter, "How often the pipeline was built again"),
            Name::PipelineBusySeconds => ("fastts_pipeline_busy_seconds", Counter, "How long the pipeline has worked"),
            Name::PipelineHeldBytes => {
                ("fastts_pipeline_held_bytes", Gauge, "What the stages of the pipeline held when they were asked last")
            }
            Name::PipelineEmptied => {
                ("fastts_pipeline_emptied", Counter, "How often the stages of the pipeline held too much, and had to flush and begin anew")
            }
            Name::PipelineMailboxEvents => ("fastts_pipeline_mailbox_events", Gauge, "Events that wait in the mailbox"),
            Name::PipelineMailboxCapacity => ("fastts_pipeline_mailbox_capacity", Gauge, "How many events may wait in the mailbox"),
            Name::PipelineUp => ("fastts_pipeline_up", Gauge, "1 while the pipeline runs, 0 while it waits for a restart or is stopped"),
            Name::PipelineCallsUnderWay => ("fastts_pipeline_calls_under_way", Gauge, "Calls whose callers wait for the reply"),
            Name::PipelineCallsReplied => ("fastts_pipeline_calls_replied", Counter, "Calls that got a reply"),
            Name::PipelineCallsFailed => ("fastts_pipeline_calls_failed", Counter, "Calls that got none, by reason"),
            // What names them may come from clients; the router bounds how many there are.
            Name::MeterItems => ("fastts_meter_items", Counter, "Items that have passed a meter of the router"),
            Name::CounterValue => ("fastts_counter_value", Gauge, "The value of a counter of the router"),
            Name::SinkQueued => ("fastts_sink_queued", Counter, "Events and lines that stages have given the sink"),
            Name::SinkSent => ("fastts_sink_sent", Counter, "Of these, those that were delivered"),
            Name::SinkRetried => ("fastts_sink_retried", Counter, "How often one was sent again"),
            Name::SinkRefused => ("fastts_sink_refused", Counter, "Of these, those that became dead letters"),
            Name::SinkDropped => ("fastts_sink_dropped", Counter, "Of these, those that were dropped"),
            Name::SinkWaiting => ("fastts_sink_waiting", Gauge, "Events and lines that wait, or are on their way"),
            Name::SinkCapacity => ("fastts_sink_capacity", Gauge, "How many may wait"),
            Name::SinkLagSeconds => ("fastts_sink_lag_seconds", Gauge, "For how long the oldest has waited that is not delivered"),
            Name::SinkUp => ("fastts_sink_up", Gauge, "1 while the target takes what is sent, 0 while it does not"),
            Name::PoolItems => ("fastts_pool_items", Counter, "Items of a pool or map_async, by what became of them"),
            Name::PoolWorkers => ("fastts_pool_workers", Gauge, "Workers of a pool, or futures of a map_async, by what they do"),
            Name::PoolWaiting => ("fastts_pool_waiting", Gauge, "Items that wait for a worker"),
            Name::GroupUp => ("fastts_group_up", Gauge, "1 while the group runs, 0 while it is stopped"),
            Name::GroupRestarts => {
                ("fastts_group_restarts", Counter, "How often members of the group were started again, as one of them had fallen")
            }
            Name::BreakerUp => {
                ("fastts_breaker_up", Gauge, "1 while the breaker lets everything through, 0 while it is blown, probing or off")
            }
            Name::BreakerMelted => ("fastts_breaker_melted", Counter, "Attempts that have failed"),
            Name::BreakerBlew => ("fastts_breaker_blew", Counter, "How often the breaker was blown, for any key if it has keys"),
            Name::BreakerRefused => ("fastts_breaker_refused", Counter, "Attempts that were not made, as the breaker was blown or off"),
            Name::SourceBatches => ("fastts_source_batches", Counter, "Batches of the source that were accepted"),
            Name::SourceEvents => ("fastts_source_events", Counter, "Events of the source that were accepted"),
            Name::SourceRestarts => ("fastts_source_restarts", Counter, "How often the source was made again"),
            Name::SourceUp => {
                ("fastts_source_up", Gauge, "1 while the source runs, 0 while it waits for a restart, is stopped or has ended")
            }
            Name::ListenerConnections => ("fastts_listener_connections", Gauge, "Connections that are open"),
            Name::ListenerConnectionsOpened => ("fastts_listener_connections_opened", Counter, "Connections that were taken"),
            Name::ListenerConnectionsRefused => {
                ("fastts_listener_connections_refused", Counter, "Connections that were not taken, as there were too many")
            }
            Name::ListenerMessages => ("fastts_listener_messages", Counter, "Messages that came: frames, datagrams, requests with events"),
            Name::ListenerMessagesRefused => {
                ("fastts_listener_messages_refused", Counter, "Messages that were refused, with a reason to the client")
            }
            Name::ListenerMessagesDropped => ("fastts_listener_messages_dropped", Counter, "Messages that were dropped without an answer"),
            Name::ListenerEvents => ("fastts_listener_events", Counter, "Events that came"),
            Name::ListenerEventsMissed => {
                ("fastts_listener_events_missed", Counter, "Events that subscribers have lost, as they did not keep up")
            }
            Name::ListenerEventsMended => {
                ("fastts_listener_events_mended", Counter, "Events with text that was not UTF-8, which U+FFFD took the place of")
            }
            Name::ListenerEventsTooLong => {
                ("fastts_listener_events_too_long", Counter, "Events that were dropped, as they were longer than one may be")
            }
            Name::ListenerReceivedBytes => ("fastts_listener_received_bytes", Counter, "Bytes that came"),
            Name::ListenerLatencySeconds => {
                ("fastts_listener_latency_seconds", Histogram, "How long messages took, from the read to the answer")
            }
        }
    }
}

/// The limits of the buckets, each four times the one before, from 16 µs to 4 s: a power of two of nanoseconds is where a bucket
/// of a meter begins.
const BUCKETS: [Duration; 10] = {
    let mut buckets = [Duration::ZERO; 10];
    let mut at = 0;
    while at < buckets.len() {
        buckets[at] = Duration::from_nanos(16_384 << (2 * at));
        at += 1;
    }
    buckets
};

/// A form in which metrics are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The text format of Prometheus, version 0.0.4, which everybody reads.
    Text,
    /// OpenMetrics.
    OpenMetrics,
}

/// Returns all metrics in one of the text formats.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn exposition(inside: &Inside, form: Form) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Collector(inside.clone())));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(match form {
        Form::Text => as_text(&text),
        Form::OpenMetrics => text,
    })
}

/// Returns OpenMetrics as the older format: there a counter is called as its samples are, there is no type for information, and no end.
fn as_text(open_metrics: &str) -> String {
    let mut text = String::with_capacity(open_metrics.len() + open_metrics.len() / 8);
    let mut help = None;
    for line in open_metrics.lines() {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            // What follows says of what type it is, and so what it is called.
            (Some("#"), Some("HELP"), Some(_), said) => help = said,
            (Some("#"), Some("TYPE"), Some(name), Some(kind)) => {
                let (suffix, kind) = match kind {
                    "counter" => ("_total", kind),
                    "info" => ("_info", "gauge"),
                    "unknown" => ("", "untyped"),
                    kind => ("", kind),
                };
                if let Some(help) = help.take() {
                    // Quotes are not escaped there.
                    text += &format!("# HELP {name}{suffix} {}\n", help.replace("\\\"", "\""));
                }
                text += &format!("# TYPE {name}{suffix} {kind}\n");
            }
            (Some("#"), ..) => {}
            _ => {
                text += line;
                text.push('\n');
            }
        }
    }
    text
}

#[derive(Debug)]
struct Collector(Inside);

impl prometheus_client::collector::Collector for Collector {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> fmt::Result {
        single(&mut to, Name::UptimeSeconds, |to| to.encode_gauge(&self.0.uptime().as_secs_f64()))?;
        single(&mut to, Name::BuildInfo, |to| to.encode_info(&[("version", env!("CARGO_PKG_VERSION"))]))?;
        let index = self.0.running().index();
        single(&mut to, Name::IndexEvents, |to| to.encode_gauge(&(index.len() as f64)))?;
        single(&mut to, Name::IndexBytes, |to| to.encode_gauge(&(index.bytes() as f64)))?;
        single(&mut to, Name::IndexLeftOut, |to| counter(to, index.left_out()))?;
        let queries = self.0.running().queries().stats();
        single(&mut to, Name::QueriesAnswered, |to| counter(to, queries.answered))?;
        single(&mut to, Name::QueriesTimedOut, |to| counter(to, queries.timed_out))?;
        single(&mut to, Name::QueriesRefused, |to| counter(to, queries.refused))?;
        single(&mut to, Name::QueriesRunning, |to| to.encode_gauge(&(queries.running as f64)))?;
        single(&mut to, Name::QueriesWaiting, |to| to.encode_gauge(&(queries.waiting as f64)))?;
        let topics = self.0.running().topics();
        let subscriptions: usize = topics.iter().map(|one| one.subscriptions).sum();
        single(&mut to, Name::Subscriptions, |to| to.encode_gauge(&(subscriptions as f64)))?;
        let losses = self.0.running().losses();
        single(&mut to, Name::Lost, |to| losses.iter().try_for_each(|one| counter(&mut to.encode_family(&lost(one))?, one.count)))?;
        pipelines(&mut to, &self.0.running().stats())?;
        calls(&mut to, &self.0.running().stats())?;
        meters(&mut to, &self.0.running().meters().totals())?;
        pools(&mut to, &self.0.running().stats())?;
        sinks(&mut to, &self.0.running().sinks().stats())?;
        groups(&mut to, &self.0.running().groups())?;
        breakers(&mut to, &self.0.running().breakers().stats())?;
        sources(&mut to, &self.0.running().sources())?;
        let readings: Vec<_> = self.0.meters().iter().map(|meter| (meter.transport(), meter.read())).collect();
        listeners(&mut to, &readings)
    }
}

fn pipelines(to: &mut DescriptorEncoder<'_>, stats: &[PipelineStats]) -> fmt::Result {
    let counters: [(Name, fn(&PipelineStats) -> u64); 6] = [
        (Name::PipelineEventsReceived, |one| one.received),
        (Name::PipelineEventsRan, |one| one.ran),
        (Name::PipelineEventsDropped, |one| one.dropped),
        (Name::PipelineEventsDead, |one| one.dead),
        (Name::PipelinePanics, |one| one.panics),
        (Name::PipelineRestarts, |one| one.restarts),
    ];
    let label = |one: &PipelineStats| [("pipeline", one.name)];
    for (name, get) in counters {
        family(to, name, stats, label, |to, one| counter(to, get(one)))?;
    }
    family(to, Name::PipelineBusySeconds, stats, label, |to, one| to.encode_counter::<NoLabelSet, _, f64>(&one.busy.as_secs_f64(), None))?;
    family(to, Name::PipelineHeldBytes, stats, label, |to, one| to.encode_gauge(&(one.held as f64)))?;
    family(to, Name::PipelineEmptied, stats, label, |to, one| counter(to, one.emptied))?;
    family(to, Name::PipelineMailboxEvents, stats, label, |to, one| to.encode_gauge(&(one.depth as f64)))?;
    family(to, Name::PipelineMailboxCapacity, stats, label, |to, one| to.encode_gauge(&(one.capacity as f64)))?;
    family(to, Name::PipelineUp, stats, label, |to, one| to.encode_gauge(&i64::from(one.state == PipelineState::Running)))
}

fn calls(to: &mut DescriptorEncoder<'_>, stats: &[PipelineStats]) -> fmt::Result {
    let called: Vec<(&str, &CallStats)> = stats.iter().filter_map(|one| Some((one.name, one.calls.as_ref()?))).collect();
    let label = |(pipeline, _): &(&str, &CallStats)| [("pipeline", (*pipeline).to_owned())];
    family(to, Name::PipelineCallsUnderWay, &called, label, |to, (_, one)| to.encode_gauge(&(one.under_way as f64)))?;
    family(to, Name::PipelineCallsReplied, &called, label, |to, (_, one)| counter(to, one.replied))?;
    let failed: Vec<(&str, &str, u64)> =
        called.iter().flat_map(|(name, one)| one.failed.iter().map(|(reason, count)| (*name, *reason, *count))).collect();
    single(to, Name::PipelineCallsFailed, |to| {
        failed.iter().try_for_each(|(pipeline, reason, count)| {
            counter(&mut to.encode_family(&[("pipeline", *pipeline), ("reason", *reason)])?, *count)
        })
    })
}

fn meters(to: &mut DescriptorEncoder<'_>, totals: &[(Arc<str>, Total)]) -> fmt::Result {
    single(to, Name::MeterItems, |to| {
        totals.iter().try_for_each(|(name, total)| match total {
            Total::Meter(total) => counter(&mut to.encode_family(&[("meter", &**name)])?, *total),
            Total::Counter(_) => Ok(()),
        })
    })?;
    single(to, Name::CounterValue, |to| {
        totals.iter().try_for_each(|(name, total)| match total {
            Total::Counter(value) => to.encode_family(&[("counter", &**name)])?.encode_gauge(value),
            Total::Meter(_) => Ok(()),
        })
    })
}

/// The pools and the like of all pipelines, each with its name: `pool`, or `pool 2` for the second boundary of its pipeline.
fn pools(to: &mut DescriptorEncoder<'_>, stats: &[PipelineStats]) -> fmt::Result {
    let name =
        |(place, one): (usize, &BoundaryStats)| if place == 0 { one.stage.to_owned() } else { format!("{} {}", one.stage, place + 1) };
    let all: Vec<(&str, String, &BoundaryStats)> = stats
        .iter()
        .flat_map(|pipeline| pipeline.boundaries.iter().enumerate().map(move |one| (pipeline.name, name(one), one.1)))
        .collect();
    let label = |pipeline: &str, pool: &str, more: (&'static str, &str)| {
        [("pipeline", pipeline.to_owned()), ("pool", pool.to_owned()), (more.0, more.1.to_owned())]
    };
    single(to, Name::PoolItems, |to| {
        all.iter().try_for_each(|(pipeline, pool, one)| {
            let became = [
                ("done", one.done),
                ("timed_out", one.timed_out),
                ("panicked", one.panicked),
                ("failed", one.failed),
                ("blown", one.blown),
                ("unfinished", one.unfinished),
                ("late", one.late),
            ];
            became.iter().try_for_each(|(what, count)| counter(&mut to.encode_family(&label(pipeline, pool, ("outcome", what)))?, *count))
        })
    })?;
    single(to, Name::PoolWorkers, |to| {
        all.iter().try_for_each(|(pipeline, pool, one)| {
            let doing = [("busy", one.busy), ("idle", one.idle), ("lost", one.lost)];
            doing
                .iter()
                .try_for_each(|(what, count)| to.encode_family(&label(pipeline, pool, ("state", what)))?.encode_gauge(&(*count as f64)))
        })
    })?;
    single(to, Name::PoolWaiting, |to| {
        all.iter().try_for_each(|(pipeline, pool, one)| {
            to.encode_family(&[("pipeline", (*pipeline).to_owned()), ("pool", pool.clone())])?.encode_gauge(&(one.waiting as f64))
        })
    })
}

fn lost(one: &LossStats) -> [(&'static str, String); 2] {
    [("kind", one.kind.to_owned()), ("place", one.place.to_string())]
}

fn sinks(to: &mut DescriptorEncoder<'_>, stats: &[SinkStats]) -> fmt::Result {
    let counters: [(Name, fn(&SinkStats) -> u64); 5] = [
        (Name::SinkQueued, |one| one.queued),
        (Name::SinkSent, |one| one.sent),
        (Name::SinkRetried, |one| one.retried),
        (Name::SinkRefused, |one| one.refused),
        (Name::SinkDropped, |one| one.dropped),
    ];
    let label = |one: &SinkStats| [("sink", one.name.clone())];
    for (name, get) in counters {
        family(to, name, stats, label, |to, one| counter(to, get(one)))?;
    }
    family(to, Name::SinkWaiting, stats, label, |to, one| to.encode_gauge(&((one.waiting + one.sending) as f64)))?;
    family(to, Name::SinkCapacity, stats, label, |to, one| to.encode_gauge(&(one.capacity as f64)))?;
    family(to, Name::SinkLagSeconds, stats, label, |to, one| to.encode_gauge(&one.lag.as_secs_f64()))?;
    family(to, Name::SinkUp, stats, label, |to, one| to.encode_gauge(&i64::from(!one.away && !one.gone)))
}

fn groups(to: &mut DescriptorEncoder<'_>, stats: &[GroupStats]) -> fmt::Result {
    let label = |one: &GroupStats| [("group", one.name)];
    family(to, Name::GroupUp, stats, label, |to, one| to.encode_gauge(&i64::from(one.state == GroupState::Running)))?;
    family(to, Name::GroupRestarts, stats, label, |to, one| counter(to, one.restarts))
}

fn breakers(to: &mut DescriptorEncoder<'_>, stats: &[BreakerStats]) -> fmt::Result {
    let counters: [(Name, fn(&BreakerStats) -> u64); 3] =
        [(Name::BreakerMelted, |one| one.melted), (Name::BreakerBlew, |one| one.blew), (Name::BreakerRefused, |one| one.refused)];
    let label = |one: &BreakerStats| [("breaker", one.name.to_string())];
    family(to, Name::BreakerUp, stats, label, |to, one| to.encode_gauge(&i64::from(one.state == BreakerState::Closed)))?;
    for (name, get) in counters {
        family(to, name, stats, label, |to, one| counter(to, get(one)))?;
    }
    Ok(())
}

fn sources(to: &mut DescriptorEncoder<'_>, stats: &[SourceStats]) -> fmt::Result {
    let counters: [(Name, fn(&SourceStats) -> u64); 3] =
        [(Name::SourceBatches, |one| one.batches), (Name::SourceEvents, |one| one.events), (Name::SourceRestarts, |one| one.restarts)];
    let label = |one: &SourceStats| [("source", one.name.to_string())];
    for (name, get) in counters {
        family(to, name, stats, label, |to, one| counter(to, get(one)))?;
    }
    family(to, Name::SourceUp, stats, label, |to, one| to.encode_gauge(&i64::from(one.state == SourceState::Running)))
}

fn listeners(to: &mut DescriptorEncoder<'_>, readings: &[(&'static str, Reading)]) -> fmt::Result {
    let counters: [(Name, fn(&Reading) -> u64); 10] = [
        (Name::ListenerConnectionsOpened, |one| one.connections),
        (Name::ListenerConnectionsRefused, |one| one.turned_away),
        (Name::ListenerMessages, |one| one.messages),
        (Name::ListenerMessagesRefused, |one| one.refused),
        (Name::ListenerMessagesDropped, |one| one.dropped),
        (Name::ListenerEvents, |one| one.events),
        (Name::ListenerEventsMissed, |one| one.missed),
        (Name::ListenerEventsTooLong, |one| one.too_long),
        (Name::ListenerEventsMended, |one| one.mended),
        (Name::ListenerReceivedBytes, |one| one.bytes),
    ];
    let label = |(transport, _): &(&'static str, Reading)| [("listener", *transport)];
    family(to, Name::ListenerConnections, readings, label, |to, (_, one)| to.encode_gauge(&(one.open as f64)))?;
    for (name, get) in counters {
        family(to, name, readings, label, |to, (_, one)| counter(to, get(one)))?;
    }
    family(to, Name::ListenerLatencySeconds, readings, label, |to, (_, one)| {
        let (mut buckets, mut before) = (Vec::with_capacity(BUCKETS.len() + 1), 0);
        for limit in BUCKETS {
            let below = one.latency.below(limit);
            buckets.push((limit.as_secs_f64(), below - before));
            before = below;
        }
        let count = one.latency.count();
        buckets.push((f64::INFINITY, count - before));
        to.encode_histogram::<NoLabelSet>(one.latency.sum().as_secs_f64(), count, &buckets, None)
    })
}

fn counter(to: &mut MetricEncoder<'_>, value: u64) -> fmt::Result {
    to.encode_counter::<NoLabelSet, _, f64>(&value, None)
}

fn single(to: &mut DescriptorEncoder<'_>, name: Name, write: impl FnOnce(&mut MetricEncoder<'_>) -> fmt::Result) -> fmt::Result {
    let (name, kind, help) = name.described();
    write(&mut to.encode_descriptor(name, help, None, kind)?)
}

/// Writes a metric of each member, told apart by a label.
fn family<T, L: EncodeLabelValue>(
    to: &mut DescriptorEncoder<'_>,
    name: Name,
    members: &[T],
    label: impl Fn(&T) -> [(&'static str, L); 1],
    write: impl Fn(&mut MetricEncoder<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    single(to, name, |to| members.iter().try_for_each(|member| write(&mut to.encode_family(&label(member))?, member)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_format_has_no_types_of_the_newer_one() {
        let open_metrics = "# HELP b The version.\n# TYPE b info\nb_info{version=\"1\"} 1\n# HELP e \\\"Events\\\".\n# TYPE e counter\n\
                            e_total{x=\"# HELP\"} 7\n# HELP g Now.\n# TYPE g gauge\n# UNIT g seconds\ng 2.0\n# TYPE u unknown\nu 1\n# EOF\n";
        let text = "# HELP b_info The version.\n# TYPE b_info gauge\nb_info{version=\"1\"} 1\n# HELP e_total \"Events\".\n# TYPE e_total counter\n\
                    e_total{x=\"# HELP\"} 7\n# HELP g Now.\n# TYPE g gauge\ng 2.0\n# TYPE u untyped\nu 1\n";
        assert_eq!(as_text(open_metrics), text);
    }
}
