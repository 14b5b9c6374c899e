//! The breakers of one router, by name.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::blown::Blown;
use super::circuit::{BreakerStats, Circuit};
use super::options::Guard;
use crate::clock::Clock;

/// The breakers of one router, each under its name: a handle, whose copies are the same.
///
/// What a stage guards is opened under its name when the stage starts. One that is open already, with the same options, is the same:
/// so the chain that takes the place of one that has panicked does not try again what is known to fail.
#[derive(Clone, Debug, Default)]
pub struct Breakers(Arc<Registry>);

#[derive(Debug, Default)]
struct Registry {
    clock: Clock,
    all: Mutex<Vec<Arc<Circuit>>>,
}

/// What somebody is told who asks for a breaker by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It may be tried.
    Closed,
    /// It may not.
    Blown(Blown),
    /// There is no breaker of that name.
    NotFound,
}

/// There is no breaker of that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownBreaker {
    /// The name.
    pub name: String,
    /// Those that there are.
    pub known: Vec<Arc<str>>,
}

impl fmt::Display for UnknownBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no breaker {:?}; ", self.name)?;
        match &self.known[..] {
            [] => f.write_str("there are none"),
            known => {
                let known: Vec<String> = known.iter().map(|name| format!("{name:?}")).collect();
                write!(f, "there are {}", known.join(", "))
            }
        }
    }
}

impl Error for UnknownBreaker {}

impl Breakers {
    /// Makes a registry for a router that runs by this clock.
    pub fn new(clock: Clock) -> Breakers {
        Breakers(Arc::new(Registry { clock, all: Mutex::default() }))
    }

    /// Returns the breaker of that name, which is made when there is none yet, or one with other options.
    pub fn open(&self, name: &str, guard: impl Into<Guard>) -> Arc<Circuit> {
        let guard = guard.into();
        match self.known(name).filter(|known| known.guard() == guard) {
            Some(known) => known,
            None => self.install(name, guard),
        }
    }

    /// Makes a breaker, in the place of one of the same name: it has forgotten everything but that it was switched off.
    pub fn install(&self, name: &str, guard: impl Into<Guard>) -> Arc<Circuit> {
        let mut all = self.lock();
        let before = all.iter_mut().find(|one| **one.name() == *name);
        let off = before.as_ref().and_then(|before| before.off());
        let circuit = Arc::new(Circuit::new(name.into(), guard.into(), off));
        match before {
            Some(before) => *before = Arc::clone(&circuit),
            None => all.push(Arc::clone(&circuit)),
        }
        circuit
    }

    /// Asks whether what the breaker of that name guards may be tried now.
    pub fn ask(&self, name: &str) -> Asked {
        match self.known(name).map(|known| known.ask(self.0.clock.steady())) {
            None => Asked::NotFound,
            Some(Ok(())) => Asked::Closed,
            Some(Err(blown)) => Asked::Blown(blown),
        }
    }

    /// Notes that an attempt failed of what the breaker of that name guards; nothing is noted where there is none.
    pub fn melt(&self, name: &str, why: impl Into<Arc<str>>) {
        if let Some(known) = self.known(name) {
            known.melt(self.0.clock.steady(), why);
        }
    }

    /// Has the breaker of that name let nothing through until it is [enabled](Breakers::enable), whatever happens.
    ///
    /// # Errors
    /// When there is none.
    pub fn disable(&self, name: &str) -> Result<(), UnknownBreaker> {
        self.named(name).map(|known| known.disable(self.0.clock.steady()))
    }

    /// Switches the breaker of that name on again; it has forgotten all failures.
    ///
    /// # Errors
    /// When there is none.
    pub fn enable(&self, name: &str) -> Result<(), UnknownBreaker> {
        self.named(name).map(|known| known.enable())
    }

    /// Has the breaker of that name forget all failures; one that is switched off stays off.
    ///
    /// # Errors
    /// When there is none.
    pub fn reset(&self, name: &str) -> Result<(), UnknownBreaker> {
        self.named(name).map(|known| known.reset())
    }

    /// Returns what each breaker has done, and how it is, in the order in which they were made.
    pub fn stats(&self) -> Vec<BreakerStats> {
        let now = self.0.clock.steady();
        self.all().iter().map(|one| one.stats(now)).collect()
    }

    /// Tells which have healed; to be called every now and then.
    pub(crate) fn look(&self) {
        let now = self.0.clock.steady();
        self.all().iter().for_each(|one| one.look(now));
    }

    fn known(&self, name: &str) -> Option<Arc<Circuit>> {
        self.lock().iter().find(|one| **one.name() == *name).cloned()
    }

    fn named(&self, name: &str) -> Result<Arc<Circuit>, UnknownBreaker> {
        let known = || self.all().iter().map(|one| Arc::clone(one.name())).collect();
        self.known(name).ok_or_else(|| UnknownBreaker { name: name.to_owned(), known: known() })
    }

    fn all(&self) -> Vec<Arc<Circuit>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Circuit>>> {
        // Nothing in here can panic half-way.
        self.0.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
