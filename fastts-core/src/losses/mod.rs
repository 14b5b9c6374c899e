//! What gets lost: counted where it happens, told in the log when it begins and when it has ended.
//!
//! Whoever may lose something opens a [`Loss`] once and adds to it. A line for each lost event would fill the disk, and none would hide
//! it: so the first is told, and when nothing was lost for a while, how many there were.

use std::sync::{Arc, Mutex, PoisonError};

pub use self::loss::{Loss, LossStats};
use crate::clock::Clock;

mod loss;

/// All that may be lost in one router; its copies are the same.
#[derive(Clone, Debug, Default)]
pub struct Losses(Arc<Registry>);

#[derive(Debug, Default)]
struct Registry {
    clock: Clock,
    all: Mutex<Vec<Arc<Loss>>>,
}

impl Losses {
    /// Makes a registry whose episodes are measured by this clock.
    pub(crate) fn new(clock: Clock) -> Losses {
        Losses(Arc::new(Registry { clock, all: Mutex::default() }))
    }

    /// Opens the counter of something that may be lost, or gives that which was opened before for the same kind and place.
    ///
    /// `kind` says what, in a word such as `late`; `place` where, such as the name of a pipeline. `begins` is the line that tells that it
    /// has begun, `ends` the one that it has ended, before the number.
    pub fn open(&self, kind: &'static str, place: &str, begins: impl Into<String>, ends: impl Into<String>) -> Arc<Loss> {
        self.all(|all| match all.iter().find(|loss| loss.is(kind, place)) {
            Some(loss) => Arc::clone(loss),
            None => {
                let loss = Arc::new(Loss::new(self.0.clock.clone(), kind, place.into(), begins.into(), ends.into()));
                all.push(Arc::clone(&loss));
                loss
            }
        })
    }

    /// Returns what was lost of each kind at each place; what nothing was lost of is left out.
    pub fn stats(&self) -> Vec<LossStats> {
        self.all(|all| all.iter().filter(|loss| loss.count() > 0).map(|loss| loss.stats()).collect())
    }

    /// Tells what has ended; to be called every now and then.
    pub(crate) fn look(&self) {
        self.all(|all| all.clone()).iter().for_each(|loss| loss.look());
    }

    fn all<R>(&self, call: impl FnOnce(&mut Vec<Arc<Loss>>) -> R) -> R {
        // Nothing in here can panic half-way.
        call(&mut self.0.all.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
