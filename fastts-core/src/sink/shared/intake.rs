//! What stages do: they put records in, and wait for room.

use std::sync::{MutexGuard, PoisonError};

use super::{Shared, State, counted};
use crate::clock::blocking;
use crate::model::overflow::Overflow;
use crate::model::panics::catch;
use crate::model::token::{Outcome, Token};
use crate::sink::queue::Pushed;

impl<I> Shared<I> {
    /// Takes a record from a stage.
    #[inline]
    pub(in crate::sink) fn push(&self, token: &Token, item: I, write: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.lock();
        if self.is_full(&state) {
            state = match self.make_room(state, token) {
                Some(state) => state,
                None => return,
            };
        }
        let pushed = state.queue.push(&self.clock, token, item, write);
        state.queued += 1;
        drop(state);
        if pushed == Pushed::Look {
            self.work.notify_one();
        }
    }

    #[inline]
    fn is_full(&self, state: &State<I>) -> bool {
        state.queue.len() >= state.limit || state.queue.bytes() >= self.options.bytes
    }

    /// Does what is to be done when the queue is full; `None` when the record that came is dropped.
    #[cold]
    fn make_room<'s>(&'s self, mut state: MutexGuard<'s, State<I>>, token: &Token) -> Option<MutexGuard<'s, State<I>>> {
        if self.options.overflow == Overflow::Block && state.limit > 0 && self.may_wait(&state) {
            self.say_full(&mut state, "a pipeline waits");
            (state.waiting, state.blocked) = (state.waiting + 1, state.blocked + 1);
            drop(state);
            state = blocking(|| {
                let waits = |state: &mut State<I>| state.limit > 0 && self.is_full(state) && self.may_wait(state);
                self.room.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner)
            });
            (state.waiting, state.blocked) = (state.waiting - 1, state.blocked - 1);
            if !self.is_full(&state) {
                return Some(state);
            }
        }
        state.queued += 1;
        state.dropped += 1;
        if state.limit == 0 {
            token.note(if state.gone { Outcome::Dropped } else { Outcome::Unfinished });
            return None;
        }
        if self.options.overflow == Overflow::DropNewest {
            token.note(Outcome::Dropped);
            self.say_full(&mut state, "an item is dropped that came");
            return None;
        }
        self.say_full(&mut state, "the oldest item is dropped");
        state.queue.drop_oldest();
        while self.is_full(&state) && state.queue.len() > 0 {
            state.dropped += 1;
            state.queue.drop_oldest();
        }
        // It is counted when it is put in.
        state.queued -= 1;
        Some(state)
    }

    fn may_wait(&self, state: &State<I>) -> bool {
        state.away.is_none() || self.options.waits_for_the_absent
    }

    fn say_full(&self, state: &mut State<I>, what: &str) {
        let (waiting, bytes) = (state.queue.len(), state.queue.bytes());
        self.full.say(|more| {
            state.behind = true;
            let (target, unit) = (&self.target, self.kind.unit);
            tracing::warn!(
                "{what} ({more} times before): {}, of {bytes} bytes, wait for {target} already, which is the limit (queue = …)",
                counted(waiting, unit)
            );
        });
    }

    /// Makes a record of a dead letter; false when there is no room for it. `None` when it is none that this sink could have made.
    pub(in crate::sink) fn revive(&self, content: &[u8], token: &Token) -> Option<bool> {
        let mut text = Vec::new();
        // That is the integration's.
        let item = catch(|| (self.kind.restore)(content, &mut text)).ok()??;
        let mut state = self.lock();
        if self.is_full(&state) {
            return Some(false);
        }
        state.queue.push(&self.clock, token, item, |out| out.extend_from_slice(&text));
        state.queued += 1;
        drop(state);
        self.work.notify_one();
        Some(true)
    }
}
