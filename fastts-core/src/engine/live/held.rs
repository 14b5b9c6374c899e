//! How much the stages of a pipeline hold, and what happens when that is too much.

use std::sync::Arc;

use super::lifecycle::WorkerState;
use super::publishing::DeliveryPass;
use super::stats::add_passed;
use super::supervisor::Report;
use super::worker::Worker;

/// Says when to ask the stages of a pipeline how much they hold: they may have to look at all of it.
#[derive(Debug)]
pub(crate) struct Scale {
    /// How much they held when they were asked last.
    held: usize,
    /// How many bytes have come since.
    came: usize,
    /// After how many they are asked again.
    due: usize,
}

impl Scale {
    /// Begins with a chain that holds nothing.
    pub(crate) fn new(limit: usize) -> Scale {
        Scale { held: 0, came: 0, due: limit / 64 }
    }

    /// Counts bytes that have come; returns whether it is time to ask.
    #[inline]
    fn comes(&mut self, bytes: usize) -> bool {
        self.came += bytes;
        self.came > self.due
    }

    /// Takes note of what they hold: they are asked again when half of what is left may be used up, as fast as it grew.
    fn weighed(&mut self, held: usize, limit: usize) {
        let came = self.came.max(1) as f64;
        let growth = (held.saturating_sub(self.held) as f64 / came).max(0.5);
        let left = limit.saturating_sub(held).max(limit / 16) as f64 / 2.0;
        *self = Scale { held, came: 0, due: (left / growth) as usize };
    }
}

impl Worker {
    /// Returns how many bytes its stages may hold.
    pub(super) fn max_held(&self) -> usize {
        self.pipeline.policy().held.unwrap_or(self.env.max_held)
    }

    /// Counts what has come; has the stages flush, and begin anew, when they hold too much.
    #[inline]
    pub(crate) fn weigh(self: &Arc<Self>, core: &mut WorkerState, bytes: usize) {
        if core.scale.comes(bytes) && core.blocked.is_none() {
            self.weigh_now(core);
        }
    }

    #[cold]
    fn weigh_now(self: &Arc<Self>, core: &mut WorkerState) {
        let (held, limit) = (core.seat.held(), self.max_held());
        core.scale.weighed(held, limit);
        self.counters.held.set(held as u64);
        if held > limit {
            self.empty(core, held);
        }
    }

    /// Has the stages emit what they emit at the end, and builds the chain again.
    fn empty(self: &Arc<Self>, core: &mut WorkerState, held: usize) {
        let (name, limit) = (self.pipeline.name(), self.max_held());
        self.counters.emptied.add(1);
        let begins = format!(
            "pipeline {name:?}: its stages hold more than {} (--max-held, #[held(…)]), so they flush and begin anew: windows come early, and what \
             they knew of keys is forgotten",
            bytes(limit)
        );
        let ends = format!("pipeline {name:?}: its stages hold no more than they may; how often they had to flush");
        self.env.services.losses().open("held", name, begins, ends).add_of(1, || bytes(held));
        let flushed = core.seat.call(|machine| machine.finish());
        self.settle(core, &mut DeliveryPass::new(self.env.clock.stamp()));
        if let Err(fall) = flushed {
            return self.report(core, Report { panic: fall.panic, what: "a stage panicked while flushing" });
        }
        add_passed(&mut core.passed, &core.seat.take_down());
        match core.seat.rebuild(&self.env.services, self.env.clock.steady()) {
            Ok(()) => {
                self.check_topics(&core.seat);
                core.scale = Scale::new(limit);
                self.counters.held.set(0);
                self.set_timer(core.seat.due());
            }
            Err(panic) => self.report(core, Report { panic, what: "the chain could not be built again" }),
        }
    }
}

/// Writes a number of bytes for people.
fn bytes(number: usize) -> String {
    match (number >> 23, number >> 13) {
        (0, 0) => format!("{number} bytes"),
        (0, _) => format!("{} KiB", number >> 10),
        _ => format!("{} MiB", number >> 20),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_asked_in_time_and_seldom() {
        const LIMIT: usize = 1 << 20;
        for (held_of_each_byte, most) in [(0.0, 0.0), (0.5, 1.1), (1.0, 1.1), (8.0, 1.3), (100.0, 2.0)] {
            let (mut scale, mut came, mut asked) = (Scale::new(LIMIT), 0_usize, 0);
            let held = |came: usize| (came as f64 * held_of_each_byte) as usize;
            while came < 4 * LIMIT && held(came) <= 3 * LIMIT {
                came += 100;
                if scale.comes(100) {
                    asked += 1;
                    scale.weighed(held(came), LIMIT);
                    if held(came) > LIMIT {
                        break;
                    }
                }
            }
            assert!(asked <= 64, "{held_of_each_byte}: asked {asked} times");
            assert!(held(came) as f64 <= most * LIMIT as f64, "{held_of_each_byte}: {} of {LIMIT}", held(came));
        }
    }
}
