//! The order in which the timers of several pipelines fire.
//!
//! A chain that a topic cuts in two does what it did in one piece. In one chain the timers of one instant fire in *rounds*. In a
//! round the stages downstream tick before those upstream, so that what a timer emits is an item of that instant, which comes after
//! the timers. A timer that is set for the instant at which it is set waits for the next round, and that comes when all items of the
//! instant have run. So it is for several pipelines:
//!
//! 1. The earliest instant at which a timer is due comes first, whichever pipeline it is in.
//! 2. Each round of that instant goes through the pipelines, subscribers before those that publish to them.
//! 3. What a timer publishes goes on at once, at that instant.
//! 4. When no timer of the instant is left, the next instant comes.

use crate::chain::machine::{Due, TICKS_PER_INSTANT};
use crate::model::time::Time;

/// Pipelines that have timers.
pub(crate) trait Timers {
    /// Returns when the next timer of a pipeline fires, `None` when there is none that can fire here.
    fn due(&mut self, pipeline: usize) -> Option<Due>;

    /// Fires the timers of a pipeline that are due at `instant`, once, and hands on what it publishes.
    fn fire(&mut self, pipeline: usize, instant: Time);

    /// Is asked before each round, with the timer that comes next; returns true when something else came before it, after which
    /// the timers are looked at again.
    fn something_before(&mut self, timer: Option<Due>) -> bool {
        let _ = timer;
        false
    }
}

/// Lets the time pass until `now` in pipelines, `order`, in which subscribers stand before those that publish to them.
pub(crate) fn advance(timers: &mut impl Timers, order: &[usize], now: Time) {
    let mut stuck = Vec::new();
    let (mut instant, mut rounds) = (None, 0);
    loop {
        let due = order.iter().filter(|pipeline| !stuck.contains(*pipeline)).filter_map(|&pipeline| timers.due(pipeline));
        let next = due.filter(|due| due.is_before_items_of(now)).min();
        if timers.something_before(next) {
            continue;
        }
        let Some(next) = next else { return };
        rounds = if instant == Some(next.instant) { rounds + 1 } else { 1 };
        instant = Some(next.instant);
        for &pipeline in order {
            let fires = |due: Due| due.instant <= next.instant && due.is_before_items_of(now);
            if stuck.contains(&pipeline) || !timers.due(pipeline).is_some_and(fires) {
                continue;
            }
            if rounds > TICKS_PER_INSTANT {
                // A stage whose deadline never moves must not stop the pipelines.
                stuck.push(pipeline);
            } else {
                timers.fire(pipeline, next.instant);
            }
        }
    }
}
