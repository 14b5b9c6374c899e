//! Accepts items while there is room, and gives what has come back to the chain.

use std::any::type_name;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::Order;
use super::counts::Counts;
use super::inbox::{Done, Inbox};
use crate::breaker::Circuit;
use crate::chain::boundaries::{Boundaries, BoundaryStats, Unrun, kept};
use crate::chain::context::Context;
use crate::chain::stage::Emit;
use crate::clock::blocking;
use crate::model::event::Event;
use crate::model::item::Item;
use crate::model::mishap::Mishap;
use crate::model::panics::{catch, raise};
use crate::model::token::{Outcome, Token};

/// How many items a boundary accepts, and in which order it emits.
#[derive(Clone, Copy, Debug)]
pub(in crate::stages) struct Limits {
    /// How many may be under way.
    pub(in crate::stages) most: usize,
    /// From how many fewer on there is room again, so that not each item that comes back wakes whoever waits.
    pub(in crate::stages) slack: usize,
    pub(in crate::stages) order: Order,
}

/// Accepts items while there is room, and gives what has come back to the chain.
///
/// # Design
/// An item is *under way* from when it was accepted until the chain has taken what came of it, or was told that nothing did. While as many
/// are under way as may be, the boundary is full, and the pipeline runs nothing that would bring more. So all queues of a boundary are
/// bounded by one number.
pub(in crate::stages) struct Desk<O> {
    boundaries: Arc<Boundaries>,
    limits: Limits,
    breaker: Option<Arc<Circuit>>,
    state: Mutex<State<O>>,
    /// Is told of all that comes back while the chain flushes.
    landed: Condvar,
}

struct State<O> {
    inbox: Inbox<O>,
    /// The number of the next item.
    next: u64,
    under_way: usize,
    /// By how much fewer may be under way, as workers are lost. One may be told to have come back before it is told to be lost.
    lost: isize,
    is_full: bool,
    /// The chain waits here for all that is under way.
    is_flushing: bool,
    is_closed: bool,
    counts: Counts,
}

/// What becomes of an item that comes to a boundary.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::stages) enum Accepted {
    /// It is under way, by this number.
    Number(u64),
    /// It goes no further, and that was told.
    No,
}

impl<O: Item> Desk<O> {
    pub(in crate::stages) fn new(boundaries: Arc<Boundaries>, limits: Limits, breaker: Option<Arc<Circuit>>) -> Desk<O> {
        let state = State {
            inbox: Inbox::new(limits.order),
            next: 0,
            under_way: 0,
            lost: 0,
            is_full: false,
            is_flushing: false,
            is_closed: boundaries.is_over(),
            counts: Counts::default(),
        };
        Desk { boundaries, limits, breaker, state: Mutex::new(state), landed: Condvar::new() }
    }

    /// Returns the boundaries of the pipeline.
    pub(in crate::stages) fn boundaries(&self) -> &Arc<Boundaries> {
        &self.boundaries
    }

    fn lock(&self) -> MutexGuard<'_, State<O>> {
        // Nothing of the user's runs under this lock but drops of what is no longer wanted.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Accepts an item, unless the breaker is blown. That it is full it says only to whoever brings the next one: what a timer emits, or
    /// one event becomes, gets in as a whole.
    pub(in crate::stages) fn accept<I: Item>(&self, item: I::View<'_>, key: &str, cx: &Context) -> Accepted {
        let blown = self.breaker.as_ref().and_then(|breaker| breaker.ask_for(key, cx.now).err());
        let mut state = self.lock();
        if state.is_closed {
            state.counts.accepted += 1;
            state.counts.unfinished += 1;
            cx.token().note(Outcome::Unfinished);
            return Accepted::No;
        }
        if let Some(blown) = blown {
            let why = Mishap::Blown(blown.to_string());
            state.counts.fail(&why);
            drop(state);
            self.tell::<I>(why, kept::<I>(item), cx.token());
            return Accepted::No;
        }
        let number = state.next;
        state.next += 1;
        state.counts.accepted += 1;
        state.under_way += 1;
        let begins = self.look_for_room(&mut state);
        drop(state);
        self.boundaries.accepted(1);
        if begins {
            self.boundaries.set_full(true);
        }
        Accepted::Number(number)
    }

    /// Returns how many may be under way.
    fn most(&self, state: &State<O>) -> usize {
        self.limits.most.saturating_sub(usize::try_from(state.lost).unwrap_or(0))
    }

    /// Notes whether it is full; returns true when it was not so before.
    fn look_for_room(&self, state: &mut State<O>) -> bool {
        let most = self.most(state);
        let begins = !state.is_full && state.under_way >= most;
        state.is_full |= begins;
        begins
    }

    /// Notes whether there is room again; returns true when there was none before.
    fn look_for_more_room(&self, state: &mut State<O>) -> bool {
        let most = self.most(state);
        let ends = state.is_full && state.under_way < most && state.under_way <= most.saturating_sub(self.limits.slack);
        state.is_full &= !ends;
        ends
    }

    /// Takes in what has come of an item; called by those who work on items. Returns whether the pipeline is to be woken.
    #[must_use]
    pub(in crate::stages) fn land(&self, number: u64, key: &str, done: Done<O>) -> bool {
        if let Some(breaker) = &self.breaker {
            breaker.done_for(key);
        }
        self.bring(number, done, None)
    }

    /// Takes in that an item came to nothing; returns whether the pipeline is to be woken.
    #[must_use]
    pub(in crate::stages) fn fail<I: Item>(&self, number: u64, key: &str, why: Mishap, event: Option<Event>, token: &Token) -> bool {
        if let Some(breaker) = &self.breaker {
            breaker.melt_for(key, self.boundaries.clock.steady(), why.to_string());
        }
        self.tell::<I>(why.clone(), event, token);
        self.bring(number, Done::nothing(), Some(&why))
    }

    fn bring(&self, number: u64, done: Done<O>, failure: Option<&Mishap>) -> bool {
        let mut state = self.lock();
        if state.is_closed {
            drop(state);
            done.token.note(Outcome::Unfinished);
            return false;
        }
        if let Some(why) = failure {
            state.counts.fail(why);
        }
        let wakes = state.inbox.put(number, done);
        if state.is_flushing {
            self.landed.notify_all();
        }
        wakes && !state.is_flushing
    }

    /// Makes a dead letter, and tells whoever wants to know.
    fn tell<I: Item>(&self, why: Mishap, event: Option<Event>, token: &Token) {
        let (outcome, of_call) = (why.outcome(), why.of_call());
        self.boundaries.bury(Unrun { why, event, item: type_name::<I>() });
        token.fail(of_call);
        token.note(outcome);
    }

    /// Counts a result that came after its item was timed out.
    pub(in crate::stages) fn late(&self) {
        self.lock().counts.late += 1;
    }

    /// Says that so many workers more are lost, or fewer: so many fewer items may be under way.
    pub(in crate::stages) fn lose(&self, more: isize) {
        let mut state = self.lock();
        state.lost += more;
        let (begins, ends) = (self.look_for_room(&mut state), self.look_for_more_room(&mut state));
        drop(state);
        if begins {
            self.boundaries.set_full(true);
        }
        if ends {
            self.boundaries.set_full(false);
            self.boundaries.wake();
        }
    }

    /// Emits what has come back.
    pub(in crate::stages) fn arrive(&self, cx: &mut Context, out: &mut impl Emit<O>) {
        let mut next = self.lock().inbox.take();
        while let Some(done) = next {
            let is_told = done.is_told;
            self.emit(done, cx, out);
            next = self.settle(!is_told, true);
        }
    }

    /// Notes that the chain has taken what came of an item; takes what comes next, if it is wanted.
    fn settle(&self, is_done: bool, wants_next: bool) -> Option<Done<O>> {
        let mut state = self.lock();
        state.counts.done += u64::from(is_done);
        state.under_way = state.under_way.saturating_sub(1);
        let ends = self.look_for_more_room(&mut state);
        let next = if wants_next { state.inbox.take() } else { None };
        let is_closed = state.is_closed;
        drop(state);
        if !is_closed {
            self.boundaries.settled(1);
        }
        if ends {
            self.boundaries.set_full(false);
        }
        next
    }

    fn emit(&self, done: Done<O>, cx: &mut Context, out: &mut impl Emit<O>) {
        let Done { outputs, token, .. } = done;
        let mut outputs = outputs.into_iter();
        while let Some(output) = outputs.next() {
            let emitted = cx.with_token(token.clone(), |cx| catch(|| out.emit(output.view(), cx)));
            let Err(panic) = emitted else { continue };
            let why = Mishap::Panicked(panic.clone());
            self.tell::<O>(why.clone(), kept::<O>(output.view()), &token);
            let rest = Done { outputs: outputs.collect(), token, is_told: true };
            let mut state = self.lock();
            state.counts.fail(&why);
            let is_rest = !rest.outputs.is_empty();
            if is_rest {
                // The chain that is built again goes on with it.
                state.inbox.put_back(rest);
            }
            drop(state);
            if !is_rest {
                self.settle(false, false);
            }
            raise(panic);
        }
    }

    /// Waits until all that is under way has come back, and emits it.
    pub(in crate::stages) fn finish(&self, cx: &mut Context, out: &mut impl Emit<O>) {
        self.lock().is_flushing = true;
        loop {
            self.arrive(cx, out);
            let state = self.lock();
            if state.under_way == 0 || state.is_closed {
                break;
            }
            let waits = |state: &mut State<O>| state.under_way > 0 && !state.inbox.has_some() && !state.is_closed;
            drop(blocking(|| self.landed.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner)));
        }
        self.lock().is_flushing = false;
    }

    /// Gives up what is under way: what has come back is told to be unfinished, and so is what comes back later.
    pub(in crate::stages) fn close(&self) {
        let mut state = self.lock();
        if state.is_closed {
            return;
        }
        state.is_closed = true;
        let left = std::mem::take(&mut state.under_way);
        state.counts.unfinished += left as u64;
        let back: Vec<Done<O>> = state.inbox.drain().collect();
        let was_full = std::mem::take(&mut state.is_full);
        self.landed.notify_all();
        drop(state);
        self.boundaries.settled(left);
        if was_full {
            self.boundaries.set_full(false);
        }
        back.iter().for_each(|done| done.token.note(Outcome::Unfinished));
    }

    /// Tells what became of the items.
    pub(in crate::stages) fn stats(&self, stats: &mut BoundaryStats) {
        let state = self.lock();
        state.counts.tell(stats);
        stats.under_way = state.under_way;
        stats.breaker = self.breaker.as_ref().map(|breaker| breaker.state(self.boundaries.clock.steady())).unwrap_or_default();
    }
}
