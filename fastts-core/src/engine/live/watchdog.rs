//! Keeps the sockets watched while pipelines are slow.
//!
//! One thread of tokio waits for the sockets at a time. When it wakes up for one message it runs the pipelines itself, and no
//! other thread takes its place as long as there is only that to do. Should a stage then block, nothing would be read from any
//! connection meanwhile. A task from outside wakes another thread, which then waits for the sockets.
//!
//! It also sees to what has to be looked at every now and then: whether the system's clock was set, and which losses have ended.
//!
//! A pipeline that does not come back for long is named in the log, and a thread that was kept back takes the place of the one that it keeps.

use std::sync::Weak;
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;

use super::running::{Running, Shared};
use super::stats::Stuck;
use super::toll::Toll;
use super::worker::RuntimeShared;
use crate::model::time::Time;

/// How often to look while there is something to do, and while there is nothing.
const BUSY: Duration = Duration::from_millis(10);
const IDLE: Duration = Duration::from_millis(200);

/// How often to look at what got lost.
const TOLL: Duration = Duration::from_secs(1);

/// When a pipeline that has not come back is named, and how long it is not named again after that.
const LONG: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_secs(60);

/// Looks after what the sources have offered, until the run-time is gone.
///
/// It has a thread of its own, and not a task: what it looks at must not depend on what it looks for.
pub(super) fn start(shared: Weak<Shared>, tokio: Handle) {
    let watch = move || {
        let (mut seen, mut pause, mut named) = (0, IDLE, Named::default());
        let (mut toll, mut since_look) = (Toll::default(), Duration::ZERO);
        loop {
            thread::sleep(pause);
            let Some(running) = shared.upgrade().map(Running::of) else { return };
            let RuntimeShared { clock, reserve, .. } = &*running.shared().env;
            clock.follow();
            since_look += pause;
            if let Some(reserve) = reserve {
                reserve.release(running.shared().workers.iter().filter(|worker| worker.keeps_a_thread()).count());
            }
            if since_look >= TOLL {
                since_look = Duration::ZERO;
                toll.look(running.shared());
            }
            let (begun, ended) = running.shared().sources.begun_and_ended();
            if begun != ended && ended == seen {
                tokio.spawn(async {});
            }
            for Stuck { pipeline, since } in named.news(running.stuck(LONG), running.shared().env.clock.steady()) {
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
struct Named(Vec<(&'static str, Time)>);

impl Named {
    /// Returns those of the pipelines that were not named lately.
    fn news(&mut self, mut stuck: Vec<Stuck>, now: Time) -> Vec<Stuck> {
        self.0.retain(|(_, named)| now.since(*named) < AGAIN);
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
        let mut named = Named::default();
        let rows: [(i64, &[&'static str], &[&'static str]); 5] =
            [(0, &["a"], &["a"]), (1, &["a", "b"], &["b"]), (30, &[], &[]), (59, &["a"], &[]), (60, &["a", "b"], &["a"])];
        for (seconds, is_stuck, told) in rows {
            assert_eq!(named.news(stuck(is_stuck), Time::from_secs(seconds)), stuck(told), "after {seconds} s");
        }
    }
}
