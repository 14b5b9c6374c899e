//! Keeps the sockets watched while pipelines are slow.
//!
//! One thread of tokio waits for the sockets at a time. When it wakes up for one message it runs the pipelines itself, and no
//! other thread takes its place as long as there is only that to do. Should a stage then block, nothing would be read from any
//! connection meanwhile. A task from outside wakes another thread, which then waits for the sockets.
//!
//! A pipeline that does not come back for long is named in the log: when one in each thread blocks for ever, nothing else goes on.

use std::sync::{Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use fastts_core::runtime::Stuck;

use crate::telemetry::Meter;

/// How often to look while there is something to do, and while there is nothing.
const BUSY: Duration = Duration::from_millis(10);
const IDLE: Duration = Duration::from_millis(200);

/// When a pipeline that has not come back is named, and how long it is not named again after that.
const LONG: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_secs(60);

/// What the log was told: there is one log, and all listeners bring their events to the same pipelines.
static NAMED: Mutex<Named> = Mutex::new(Named(Vec::new()));

/// Looks after a listener until it is gone. `stuck` tells which pipelines have not come back for so long.
pub(super) fn start(meter: Weak<Meter>, stuck: impl Fn(Duration) -> Vec<Stuck> + Send + 'static) {
    let tokio = tokio::runtime::Handle::current();
    let watch = move || {
        let (mut seen, mut pause) = (0, IDLE);
        loop {
            thread::sleep(pause);
            let Some(meter) = meter.upgrade() else { return };
            let (begun, ended) = meter.begun_and_ended();
            if begun != ended && ended == seen {
                tokio.spawn(async {});
            }
            let news = NAMED.lock().unwrap_or_else(PoisonError::into_inner).news(stuck(LONG), Instant::now());
            for Stuck { pipeline, since } in news {
                tracing::warn!(
                    "pipeline {pipeline:?} has not come back from its events for {since:.0?}: a stage of it waits, or works that long; \
                     if it has to, write #[run(task)], so that it never keeps a thread of the connections"
                );
            }
            pause = if begun != ended || ended != seen { BUSY } else { IDLE };
            seen = ended;
        }
    };
    if let Err(error) = thread::Builder::new().name("watch".to_owned()).spawn(watch) {
        tracing::warn!("cannot start the thread that watches for stages that block: {error}");
    }
}

/// Which pipelines were named, and when.
#[derive(Debug, Default)]
struct Named(Vec<(&'static str, Instant)>);

impl Named {
    /// Returns those of the pipelines that were not named lately.
    fn news(&mut self, mut stuck: Vec<Stuck>, now: Instant) -> Vec<Stuck> {
        self.0.retain(|(_, named)| now.duration_since(*named) < AGAIN);
        stuck.retain(|one| self.0.iter().all(|(pipeline, _)| *pipeline != one.pipeline));
        self.0.extend(stuck.iter().map(|one| (one.pipeline, now)));
        stuck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_is_named_once_in_a_while() {
        let stuck = |names: &[&'static str]| names.iter().map(|&pipeline| Stuck { pipeline, since: LONG }).collect::<Vec<_>>();
        let (mut named, start) = (Named::default(), Instant::now());
        let rows: [(u64, &[&'static str], &[&'static str]); 5] =
            [(0, &["a"], &["a"]), (1, &["a", "b"], &["b"]), (30, &[], &[]), (59, &["a"], &[]), (60, &["a", "b"], &["a"])];
        for (seconds, is_stuck, told) in rows {
            assert_eq!(named.news(stuck(is_stuck), start + Duration::from_secs(seconds)), stuck(told), "after {seconds} s");
        }
    }
}
