//! Takes what counters tell of losses to the log and to `Running::losses`: so that it is told when they begin and when they end, and the
//! places where something gets lost do no more than count. And of breakers, when they have healed.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::running::Shared;
use super::worker::Worker;
use crate::clock::Stamp;
use crate::losses::{Loss, Losses};
use crate::model::overflow::Overflow;

/// A mailbox that was full for so long holds up its sources; for a moment that is how back-pressure works.
const HOLDS_UP: Duration = Duration::from_secs(1);

/// What was seen at the last look.
#[derive(Debug, Default)]
pub(super) struct Toll {
    seen: HashMap<(&'static str, String), u64>,
    /// Since when deliveries have waited at each pipeline, and how many had until then.
    waits: Vec<Option<(Stamp, u64)>>,
}

impl Toll {
    /// Looks at all that gets lost, and at who holds up sources.
    pub(super) fn look(&mut self, shared: &Shared) {
        let losses = shared.env.services.losses();
        for (index, worker) in shared.workers.iter().enumerate() {
            self.pipeline(losses, worker);
            self.holds_up(losses, index, worker);
        }
        let index = &shared.env.services.index;
        self.add(losses, "index", "", index.left_out(), || {
            [
                "the index is full, and events of hosts and services that are not in it are left out; give events a ttl, or raise --index-limit or --index-bytes".to_owned(),
                "the index leaves out no events any more; so many it had left out".to_owned(),
            ]
        });
        for topic in shared.env.services.topics.stats() {
            self.add(losses, "missed", &topic.topic, topic.missed, || {
                let topic = &topic.topic;
                [
                    format!("subscribers of topic {topic:?} do not keep up, and miss its oldest events"),
                    format!("subscribers of topic {topic:?} miss no more events; so many they had missed"),
                ]
            });
        }
        for sink in shared.env.services.sinks.stats() {
            let name = &sink.name;
            self.add(losses, "refused", name, sink.refused, || {
                [
                    format!("sink {name:?} refuses what it is given, or has tried it for too long: that becomes dead letters"),
                    format!("sink {name:?} refuses nothing any more; so much became dead letters"),
                ]
            });
            self.add(losses, "undelivered", name, sink.dropped, || {
                [
                    format!("sink {name:?} drops what it is given: its queue is full, or nobody is there to take it"),
                    format!("sink {name:?} drops nothing any more; so much it had dropped"),
                ]
            });
        }
        let thrown = shared.env.letters.thrown() + shared.env.services.sinks.letters_thrown();
        self.add(losses, "dead_letters", "", thrown, || {
            [
                "there are more dead letters than are kept, and the oldest are thrown away; raise --dead-letters-limit, or look after them with `dead`".to_owned(),
                "no dead letters are thrown away any more; so many were".to_owned(),
            ]
        });
        shared.env.services.breakers().look();
        losses.look();
    }

    fn pipeline(&mut self, losses: &Losses, worker: &Worker) {
        let (name, policy) = (worker.pipeline.name(), worker.pipeline.policy());
        self.add(losses, "mailbox", name, worker.mailbox.look().dropped_full, || {
            let what = if policy.overflow == Overflow::DropOldest { "what has waited longest" } else { "what comes" };
            [
                format!("the mailbox of pipeline {name:?} is full, and it drops {what}, as its policy says"),
                format!("the mailbox of pipeline {name:?} has room again; so many events it had dropped"),
            ]
        });
    }

    /// Notes since when a pipeline has held up its sources, and since when it has accepted nothing.
    fn holds_up(&mut self, losses: &Losses, index: usize, worker: &Worker) {
        self.waits.resize(self.waits.len().max(index + 1), None);
        let (now, received) = (worker.env.clock.stamp(), worker.mailbox.look().received);
        let wait = &mut self.waits[index];
        if worker.waiters.load(Ordering::SeqCst) == 0 {
            *wait = None;
            worker.refuses_since.store(0, Ordering::Relaxed);
            return;
        }
        let first = wait.is_none();
        let (since, before) = *wait.get_or_insert((now, received));
        if first || before != received {
            // It accepts something now and then: slow, and not shut.
            *wait = Some((since, received));
            worker.refuses_since.store(now.0 + 1, Ordering::Relaxed);
        }
        if now.since(since) >= HOLDS_UP.as_nanos() as u64 {
            let name = worker.pipeline.name();
            let held = losses.open(
                "held_up",
                name,
                format!(
                    "the mailbox of pipeline {name:?} is full and holds up the sources, as its policy says: what comes waits at the clients"
                ),
                format!("pipeline {name:?} holds up no source any more; it was seen to so many times"),
            );
            held.add(1);
        }
    }

    fn add(&mut self, losses: &Losses, kind: &'static str, place: &str, total: u64, words: impl FnOnce() -> [String; 2]) {
        if total == 0 {
            return;
        }
        let seen = self.seen.entry((kind, place.to_owned())).or_default();
        let more = total.saturating_sub(std::mem::replace(seen, total));
        if more > 0 {
            let loss: Arc<Loss> = {
                let [begins, ends] = words();
                losses.open(kind, place, begins, ends)
            };
            loss.add(more);
        }
    }
}
