//! A breaker at work, with one fuse or one for each key.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::alarm::Alarm;
use super::blown::Blown;
use super::fuse::{Fuse, FuseState, Refused};
use super::options::Guard;
use crate::model::time::Time;

/// A breaker at work: whoever tries something asks it first, and tells it what came of that.
///
/// Times are those of [`Context::now`](crate::Context::now), so that it works under virtual time too. Made by
/// [`Breakers::open`](super::Breakers::open), under a name by which it is shown and switched off.
pub struct Circuit {
    name: Arc<str>,
    guard: Guard,
    state: Mutex<State>,
}

struct State {
    /// Since when somebody has switched it off.
    off: Option<Time>,
    /// Those that are not as new ones; the key is empty when there is one for all.
    fuses: LruCache<Box<str>, Fuse>,
    melted: u64,
    blew: u64,
    refused: u64,
    forgotten: u64,
    alarm: Alarm,
}

/// What a breaker lets through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BreakerState {
    /// Everything, or there is no breaker.
    #[default]
    Closed,
    /// Nothing, until it is reset.
    Blown,
    /// One attempt, which decides.
    Probing,
    /// Nothing: somebody has switched it off.
    Off,
}

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BreakerState::Closed => "closed",
            BreakerState::Blown => "blown",
            BreakerState::Probing => "probing",
            BreakerState::Off => "off",
        })
    }
}

/// What a breaker has done, and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerStats {
    /// Its name.
    pub name: Arc<str>,
    /// What it lets through; of one with a fuse for each key, what the worst of them does.
    pub state: BreakerState,
    /// Since when it is blown or off, if it is.
    pub since: Option<Time>,
    /// Until when it is blown.
    pub until: Option<Time>,
    /// Why the last attempt failed, while it is blown, or that somebody has switched it off.
    pub why: Option<Arc<str>>,
    /// Whether it was told that it is blown, and not yet that it has healed.
    pub alarm: bool,
    /// How many attempts have failed.
    pub melted: u64,
    /// How often it was blown.
    pub blew: u64,
    /// How many attempts were not made, as it was blown or off.
    pub refused: u64,
    /// What there is to say of keys, when every key has a fuse.
    pub keys: Option<KeyStats>,
}

/// The keys of a breaker.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyStats {
    /// How many it keeps in mind at most.
    pub limit: usize,
    /// How many it keeps in mind: those that have failed lately.
    pub known: usize,
    /// How many of these are blown.
    pub blown: usize,
    /// How many had to make room for others.
    pub forgotten: u64,
}

/// The key of a breaker that has one fuse for all.
const WHOLE: &str = "";

impl Circuit {
    pub(super) fn new(name: Arc<str>, guard: Guard, off: Option<Time>) -> Circuit {
        let state = State { off, fuses: LruCache::unbounded(), melted: 0, blew: 0, refused: 0, forgotten: 0, alarm: Alarm::default() };
        Circuit { name, guard, state: Mutex::new(state) }
    }

    /// Returns the name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(super) fn guard(&self) -> Guard {
        self.guard
    }

    /// Asks whether something may be tried at `now`; what is tried must be told to be [`done`](Circuit::done) or to have
    /// [melted](Circuit::melt) it.
    ///
    /// # Errors
    /// When it is blown, or off.
    pub fn ask(&self, now: Time) -> Result<(), Blown> {
        self.ask_for(WHOLE, now)
    }

    /// Notes that an attempt failed, and why.
    pub fn melt(&self, now: Time, why: impl Into<Arc<str>>) {
        self.melt_for(WHOLE, now, why);
    }

    /// Notes that an attempt did not fail.
    pub fn done(&self) {
        self.done_for(WHOLE);
    }

    /// Runs something unless it is blown. An error melts the fuse, and is the caller's as what a success returns is.
    ///
    /// # Errors
    /// When it is blown, or off: then nothing ran.
    pub fn run<T, E: fmt::Display>(&self, now: Time, run: impl FnOnce() -> Result<T, E>) -> Result<Result<T, E>, Blown> {
        self.ask(now)?;
        let result = run();
        match &result {
            Ok(_) => self.done(),
            Err(error) => self.melt(now, error.to_string()),
        }
        Ok(result)
    }

    /// Asks for a key, when every key has a fuse of its own; else as [`ask`](Circuit::ask).
    ///
    /// # Errors
    /// When the fuse of this key is blown, or the breaker is off.
    pub fn ask_for(&self, key: &str, now: Time) -> Result<(), Blown> {
        let (key, breaker) = (self.key(key), &self.guard.breaker);
        let mut state = self.lock();
        if let Some(since) = state.off {
            state.refused += 1;
            return Err(self.refused(key, Refused { since, until: None, why: SWITCHED_OFF.into() }));
        }
        let Some(fuse) = state.fuses.get_mut(key) else { return Ok(()) };
        let asked = fuse.ask(breaker, now);
        if fuse.is_new(breaker, now) {
            state.fuses.pop(key);
        }
        asked.map_err(|refused| {
            state.refused += 1;
            self.refused(key, refused)
        })
    }

    /// Notes that an attempt for a key failed, and why.
    pub fn melt_for(&self, key: &str, now: Time, why: impl Into<Arc<str>>) {
        let (key, breaker) = (self.key(key), &self.guard.breaker);
        let mut state = self.lock();
        state.melted += 1;
        if state.off.is_some() {
            return;
        }
        if state.fuses.peek(key).is_none() {
            self.make_room(&mut state, now);
        }
        let why = why.into();
        let fuse = state.fuses.get_or_insert_mut(key.into(), Fuse::default);
        if fuse.melt(breaker, now, Arc::clone(&why)) {
            state.blew += 1;
            if state.alarm.raise() {
                let whose = if self.guard.is_keyed() { format!(" for {key:?}") } else { String::new() };
                let (name, until) = (&self.name, now + breaker.reset);
                tracing::warn!("breaker {name:?} is blown{whose}, nothing is tried until {until}: {why}");
            }
        }
    }

    /// Notes that an attempt for a key did not fail.
    pub fn done_for(&self, key: &str) {
        if let Some(fuse) = self.lock().fuses.get_mut(self.key(key)) {
            fuse.done();
        }
    }

    fn key<'k>(&self, key: &'k str) -> &'k str {
        if self.guard.is_keyed() { key } else { WHOLE }
    }

    fn refused(&self, key: &str, Refused { since, until, why }: Refused) -> Blown {
        let key = self.guard.is_keyed().then(|| key.into());
        Blown { breaker: Arc::clone(&self.name), key, since, until, why }
    }

    /// Forgets a key when there are as many as may be: of those that are not blown the one that was used longest ago, else of all.
    fn make_room(&self, state: &mut State, now: Time) {
        let limit = self.guard.keys.unwrap_or(1);
        if state.fuses.len() < limit {
            return;
        }
        let closed = |fuse: &Fuse| fuse.state(&self.guard.breaker, now) == FuseState::Closed;
        let oldest = state.fuses.iter().rev().find(|(_, fuse)| closed(fuse)).map(|(key, _)| key.clone());
        match oldest {
            Some(key) => drop(state.fuses.pop(&key)),
            None => drop(state.fuses.pop_lru()),
        }
        state.forgotten += 1;
    }

    /// Returns what it lets through at `now`.
    pub fn state(&self, now: Time) -> BreakerState {
        let state = self.lock();
        if state.off.is_some() {
            return BreakerState::Off;
        }
        let mut worst = BreakerState::Closed;
        for (_, fuse) in &state.fuses {
            match fuse.state(&self.guard.breaker, now) {
                FuseState::Blown => return BreakerState::Blown,
                FuseState::Probing => worst = BreakerState::Probing,
                FuseState::Closed => {}
            }
        }
        worst
    }

    /// Returns what it has done, and how it is at `now`.
    pub fn stats(&self, now: Time) -> BreakerStats {
        let found = self.state(now);
        let state = self.lock();
        let blown: Vec<Refused> = state.fuses.iter().filter_map(|(_, fuse)| fuse.blown(&self.guard.breaker, now)).collect();
        let keys =
            self.guard.keys.map(|limit| KeyStats { limit, known: state.fuses.len(), blown: blown.len(), forgotten: state.forgotten });
        // The one that is blown for the longest time to come.
        let worst = blown.into_iter().max_by_key(|one| one.until);
        let (since, until, why) = match (state.off, worst) {
            (Some(off), _) => (Some(off), None, Some(SWITCHED_OFF.into())),
            (None, Some(Refused { since, until, why })) => (Some(since), until, Some(why)),
            (None, None) => (None, None, None),
        };
        let State { melted, blew, refused, .. } = *state;
        let (name, alarm) = (Arc::clone(&self.name), state.alarm.is_raised());
        BreakerStats { name, state: found, since, until, why, alarm, melted, blew, refused, keys }
    }

    /// Lets nothing through until [`enable`](Circuit::enable).
    pub(super) fn disable(&self, now: Time) {
        let mut state = self.lock();
        if state.off.is_none() {
            state.off = Some(now);
            state.fuses.clear();
            tracing::warn!("breaker {:?} is switched off: nothing is tried until it is switched on", self.name);
        }
    }

    /// Lets everything through again, as a new one.
    pub(super) fn enable(&self) {
        let mut state = self.lock();
        if state.off.take().is_some() {
            state.fuses.clear();
            tracing::info!("breaker {:?} is switched on", self.name);
        }
    }

    /// Forgets all failures; what was switched off stays off.
    pub(super) fn reset(&self) {
        self.lock().fuses.clear();
    }

    /// Returns since when it is off, if it is.
    pub(super) fn off(&self) -> Option<Time> {
        self.lock().off
    }

    /// Tells that it has healed, when it has; to be called every now and then.
    pub(super) fn look(&self, now: Time) {
        let is_whole = self.state(now) == BreakerState::Closed;
        let mut state = self.lock();
        if state.alarm.look(is_whole) {
            tracing::info!("breaker {:?} has healed; it was blown {} times so far", self.name, state.blew);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing of the user's runs under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why nothing is tried that somebody has switched off.
const SWITCHED_OFF: &str = "it was switched off";

impl fmt::Debug for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Circuit({:?})", self.name)
    }
}
