//! What the server has done so far, as JSON.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use fastts_core::TopicStats;
use fastts_core::runtime::PipelineStats;
use serde_json::{Value, json};

use super::listener::Shared;
use crate::telemetry::{Inside, Meter};

/// The quantiles of the latencies.
const QUANTILES: [(&str, f64); 5] = [("0", 0.0), ("0.5", 0.5), ("0.95", 0.95), ("0.99", 0.99), ("0.999", 0.999)];

/// Answers with everything there is to count.
pub(super) async fn stats(State(shared): State<Arc<Shared>>) -> Response {
    let mut stats = of(&shared.inside);
    stats["ready"] = shared.is_serving().into();
    ([(CONTENT_TYPE, "application/json")], format!("{stats}\n")).into_response()
}

fn of(inside: &Inside) -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "uptime": inside.uptime().as_secs_f64(),
        "pipelines": inside.running().stats().iter().map(pipeline).collect::<Vec<_>>(),
        "topics": inside.running().topics().iter().map(topic).collect::<Vec<_>>(),
        "index": { "size": inside.running().index().len(), "left_out": inside.running().index().left_out() },
        "listeners": inside.meters().iter().map(|meter| listener(meter)).collect::<Vec<_>>(),
    })
}

fn pipeline(one: &PipelineStats) -> Value {
    let stage = |stage: &fastts_core::runtime::StageStats| json!({ "name": stage.name, "item": stage.item, "taken": stage.taken, "emitted": stage.emitted });
    json!({
        "name": one.name,
        "state": one.state.to_string(),
        "received": one.received,
        "ran": one.ran,
        "dropped": one.dropped,
        "dead": one.dead,
        "mailbox": { "depth": one.depth, "capacity": one.capacity },
        "running": one.running,
        "panics": one.panics,
        "restarts": one.restarts,
        "last_panic": one.last_panic.as_ref().map(ToString::to_string),
        "busy": one.busy.as_secs_f64(),
        "slow": one.slow,
        "stages": one.stages.iter().map(stage).collect::<Vec<_>>(),
    })
}

fn topic(one: &TopicStats) -> Value {
    json!({ "topic": &*one.topic, "published": one.published, "subscriptions": one.subscriptions, "missed": one.missed })
}

fn listener(meter: &Meter) -> Value {
    let seen = meter.read();
    let quantile = |(name, part): (&str, f64)| {
        let seconds = seen.latency.quantile(part).map(|took| took.as_secs_f64());
        (name.to_owned(), seconds.into())
    };
    json!({
        "listener": meter.transport(),
        "address": meter.address().to_string(),
        "connections": { "open": seen.open, "opened": seen.connections, "refused": seen.turned_away },
        "messages": seen.messages,
        "events": seen.events,
        "bytes": seen.bytes,
        "refused": seen.refused,
        "dropped": seen.dropped,
        "missed": seen.missed,
        "under_way": seen.under_way,
        "latency": Value::Object(QUANTILES.into_iter().map(quantile).collect()),
    })
}
