//! What a server has counted at some time: what `/stats` of its HTTP listener says.

use std::io::Read;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::web::Web;

/// The longest answer that is read.
const LONGEST: u64 = 64 << 20;

/// What was counted since the server began.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) at: Instant,
    pub(super) version: String,
    pub(super) uptime: Duration,
    pub(super) ready: bool,
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) listeners: Vec<Listener>,
}

#[derive(Clone, Debug)]
pub(super) struct Pipeline {
    pub(super) name: String,
    pub(super) state: String,
    pub(super) received: u64,
    pub(super) ran: u64,
    pub(super) dropped: u64,
    pub(super) dead: u64,
    pub(super) depth: u64,
    pub(super) capacity: u64,
    pub(super) restarts: u64,
    pub(super) busy: Duration,
}

#[derive(Clone, Debug)]
pub(super) struct Listener {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) open: u64,
    pub(super) messages: u64,
    pub(super) events: u64,
    /// Refused or dropped.
    pub(super) lost: u64,
    /// How long messages have taken, half of them and all but one of a hundred.
    pub(super) p50: Option<Duration>,
    pub(super) p99: Option<Duration>,
}

impl Sample {
    /// Asks a server.
    ///
    /// # Errors
    /// When it does not answer, or not as expected.
    pub(super) fn take(web: &Web) -> Result<Sample, String> {
        let body = web.get("/stats", "application/json")?;
        let mut text = String::new();
        let read = body.take(LONGEST).read_to_string(&mut text);
        read.map_err(|error| format!("the answer of {} broke off: {error}", web.server))?;
        Sample::read(&text).ok_or_else(|| format!("what {} answers are not the figures of a FastTS server", web.server))
    }

    /// Reads the answer.
    pub(super) fn read(text: &str) -> Option<Sample> {
        let stats: Value = serde_json::from_str(text).ok()?;
        Some(Sample {
            at: Instant::now(),
            version: stats["version"].as_str()?.to_owned(),
            uptime: seconds(&stats["uptime"])?,
            ready: stats["ready"].as_bool()?,
            pipelines: stats["pipelines"].as_array()?.iter().map(pipeline).collect::<Option<_>>()?,
            listeners: stats["listeners"].as_array()?.iter().map(listener).collect::<Option<_>>()?,
        })
    }
}

fn pipeline(one: &Value) -> Option<Pipeline> {
    Some(Pipeline {
        name: one["name"].as_str()?.to_owned(),
        state: one["state"].as_str()?.to_owned(),
        received: one["received"].as_u64()?,
        ran: one["ran"].as_u64()?,
        dropped: one["dropped"].as_u64()?,
        dead: one["dead"].as_u64()?,
        depth: one["mailbox"]["depth"].as_u64()?,
        capacity: one["mailbox"]["capacity"].as_u64()?,
        restarts: one["restarts"].as_u64()?,
        busy: seconds(&one["busy"])?,
    })
}

fn listener(one: &Value) -> Option<Listener> {
    Some(Listener {
        name: one["listener"].as_str()?.to_owned(),
        address: one["address"].as_str()?.to_owned(),
        open: one["connections"]["open"].as_u64()?,
        messages: one["messages"].as_u64()?,
        events: one["events"].as_u64()?,
        lost: one["refused"].as_u64()? + one["dropped"].as_u64()?,
        p50: seconds(&one["latency"]["0.5"]),
        p99: seconds(&one["latency"]["0.99"]),
    })
}

fn seconds(value: &Value) -> Option<Duration> {
    Duration::try_from_secs_f64(value.as_f64()?).ok()
}
