//! The threads of a pool, and what they work on.

use std::borrow::Cow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use super::options::Options;
use super::shifts::{Job, Look, Running, Shifts};
use super::worker;
use crate::breaker::Circuit;
use crate::chain::boundaries::{Boundaries, Boundary, BoundaryState, BoundaryStats, kept};
use crate::chain::services::Services;
use crate::chain::stage::Stage;
use crate::clock::Clock;
use crate::model::item::Item;
use crate::model::mishap::Mishap;
use crate::model::panics::Panic;
use crate::model::time::Time;
use crate::model::token::{Outcome, Token};
use crate::stages::boundary::{Desk, Done};

/// The threads of a pool of a router that runs, and what they work on. It outlives the chain.
///
/// # Design
/// Threads are made when there is work for one more, at most as many as workers and overflow together; a thread that is never given
/// back counts. An idle thread waits for the next item. Nobody waits for a thread but the chain when it flushes.
pub(super) struct Core<I: Item, B: Stage<I>> {
    pub(super) desk: Desk<B::Out>,
    options: Options,
    /// What each worker gets a copy of; it never came to life.
    block: Mutex<B>,
    pub(super) services: Services,
    state: Mutex<State<I>>,
    /// Is told when there is work.
    work: Condvar,
    /// Is told when workers are at something after a while in which none was, and at the end.
    watch: Arc<Notify>,
}

struct State<I> {
    shifts: Shifts<I>,
    /// How many threads wait for work and were not told of any.
    parked: usize,
    /// How many of those that were told have not come.
    called: usize,
    /// How many threads bring back a result.
    away: usize,
    /// Somebody looks after those that take too long.
    is_watched: bool,
    is_closed: bool,
}

impl<I: Item, B: Stage<I>> Core<I, B> {
    pub(super) fn start(
        boundaries: Arc<Boundaries>,
        options: Options,
        breaker: Option<Arc<Circuit>>,
        block: B,
        services: Services,
    ) -> Arc<Core<I, B>> {
        let state = State {
            shifts: Shifts::new(options.workers, options.threads()),
            parked: 0,
            called: 0,
            away: 0,
            is_watched: false,
            is_closed: boundaries.is_over(),
        };
        let core = Arc::new(Core {
            desk: Desk::new(boundaries, options.limits(), breaker),
            options,
            block: Mutex::new(block),
            services,
            state: Mutex::new(state),
            work: Condvar::new(),
            watch: Arc::default(),
        });
        let boundaries = core.desk.boundaries();
        let (clock, watch, limit) = (boundaries.clock.clone(), Arc::clone(&core.watch), core.options.timeout);
        boundaries.handle.spawn(look_after(Arc::downgrade(&core), clock, watch, limit));
        core
    }

    fn lock(&self) -> MutexGuard<'_, State<I>> {
        // Nothing of the user's runs under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies the block for a worker.
    pub(super) fn block(&self) -> B {
        self.block.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has a worker take an item that was accepted.
    pub(super) fn submit(self: &Arc<Self>, job: Job<I>) {
        let mut state = self.lock();
        if state.is_closed {
            drop(state);
            job.token.note(Outcome::Unfinished);
            return;
        }
        if state.shifts.put(job) {
            self.call(state);
        }
    }

    /// Finds a thread for what is ready.
    fn call(self: &Arc<Self>, mut state: MutexGuard<'_, State<I>>) {
        let Look { threads, busy, lost, .. } = state.shifts.look();
        // Those who were told of work, or are about to look for some.
        let coming = (threads - busy - lost).saturating_sub(state.parked + state.away);
        if state.shifts.ready() <= coming {
            return;
        }
        if state.parked > 0 {
            (state.parked, state.called) = (state.parked - 1, state.called + 1);
            drop(state);
            self.work.notify_one();
        } else if let Some(place) = state.shifts.hire() {
            drop(state);
            worker::start(Arc::clone(self), place);
        }
    }

    /// Waits until there is an item for a worker; `None` when its thread is to end. `was_away` says that it comes from bringing a result.
    pub(super) fn take(&self, place: usize, was_away: bool) -> Option<(Arc<I>, Token)> {
        let mut state = self.lock();
        state.away -= usize::from(was_away);
        loop {
            if state.is_closed {
                state.shifts.leave(place);
                return None;
            }
            let now = self.desk.boundaries().clock.steady();
            if let Some(taken) = state.shifts.take(place, now) {
                let is_first = !std::mem::replace(&mut state.is_watched, true);
                drop(state);
                if is_first {
                    self.watch.notify_one();
                }
                return Some(taken);
            }
            if state.shifts.has_overflow() {
                state.shifts.leave(place);
                return None;
            }
            state.parked += 1;
            loop {
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                if state.called > 0 {
                    state.called -= 1;
                    break;
                }
                if state.is_closed {
                    state.parked -= 1;
                    break;
                }
            }
        }
    }

    /// Takes in what a worker has made of its item.
    pub(super) fn done(self: &Arc<Self>, place: usize, result: Result<Vec<B::Out>, Panic>) {
        let mut state = self.lock();
        let running = state.shifts.done(place);
        // It may take a while: this thread may run the rest of the chain.
        state.away += 1;
        drop(state);
        let Some(Running { job, .. }) = running else {
            self.desk.late();
            return self.desk.lose(-1);
        };
        let breaker_key = self.breaker_key(&job);
        let Job { item, number, token, key } = job;
        let wakes = match result {
            Ok(outputs) => self.desk.land(number, &breaker_key, Done { outputs, token, is_told: false }),
            Err(panic) => self.desk.fail::<I>(number, &breaker_key, Mishap::Panicked(panic), kept::<I>(I::view(&item)), &token),
        };
        if let Some(key) = key {
            // Not before what came of this one is there: the next of its key must come behind it.
            let mut state = self.lock();
            state.shifts.release(&key);
            self.call(state);
        }
        if wakes {
            self.desk.boundaries().wake();
        }
    }

    /// Returns the key of an item as the breaker knows it.
    fn breaker_key(&self, job: &Job<I>) -> Cow<'static, str> {
        if self.options.breaker.is_some_and(|guard| guard.is_keyed()) { job.shown_key() } else { Cow::Borrowed("") }
    }

    /// Says that no thread could be made for a place.
    pub(super) fn not_started(&self, place: usize, error: &std::io::Error) {
        self.lock().shifts.leave(place);
        tracing::error!("a pool cannot have another thread: {error}; what waits for one is taken by those that are there");
    }

    /// Times out those that take too long; returns when to look again, `None` when no worker is at anything.
    fn expire(self: &Arc<Self>, limit: Duration) -> Option<Time> {
        let mut state = self.lock();
        let now = self.desk.boundaries().clock.steady();
        let (expired, next) = state.shifts.expire(now, limit);
        if next.is_none() {
            state.is_watched = false;
        }
        drop(state);
        if expired.is_empty() {
            return next;
        }
        let count = expired.len();
        self.desk.lose(count as isize);
        for Running { job, leash, .. } in expired {
            let why = Mishap::TimedOut(limit);
            let outcome = why.outcome();
            let wakes = self.desk.fail::<I>(job.number, &self.breaker_key(&job), why, kept::<I>(I::view(&job.item)), &job.token);
            leash.cut(outcome);
            if wakes {
                self.desk.boundaries().wake();
            }
        }
        // What waited for the workers that are lost.
        (0..count).for_each(|_| self.call(self.lock()));
        next
    }
}

/// Looks after the workers that take too long, until the pool is gone.
async fn look_after<I: Item, B: Stage<I>>(core: Weak<Core<I, B>>, clock: Clock, watch: Arc<Notify>, limit: Duration) {
    loop {
        let Some(next) = core.upgrade().filter(|core| !core.lock().is_closed).map(|core| core.expire(limit)) else { return };
        match next {
            Some(due) => {
                tokio::select! {
                    biased;
                    () = watch.notified() => {}
                    () = clock.sleep_until(due) => {}
                }
            }
            None => watch.notified().await,
        }
    }
}

impl<I: Item, B: Stage<I>> Boundary for Core<I, B> {
    fn stats(&self) -> BoundaryStats {
        let Look { threads, busy, lost, waiting } = self.lock().shifts.look();
        let Options { workers, overflow, queue, .. } = self.options;
        let taken = busy + lost;
        let state = match taken {
            taken if taken >= workers + overflow => BoundaryState::Full,
            taken if taken >= workers => BoundaryState::Overflow,
            _ => BoundaryState::Ready,
        };
        let mut stats = BoundaryStats {
            stage: "pool",
            size: workers,
            overflow,
            queue,
            state,
            busy,
            idle: threads.saturating_sub(taken),
            available: workers.saturating_sub(taken),
            overflow_workers: taken.saturating_sub(workers),
            lost,
            waiting,
            ..BoundaryStats::default()
        };
        self.desk.stats(&mut stats);
        stats
    }

    fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        let (waiting, running) = state.shifts.clear();
        drop(state);
        self.work.notify_all();
        self.watch.notify_one();
        self.desk.close();
        waiting.iter().for_each(|job| job.token.note(Outcome::Unfinished));
        for Running { job, leash, .. } in running {
            job.token.note(Outcome::Unfinished);
            leash.cut(Outcome::Unfinished);
        }
    }
}
