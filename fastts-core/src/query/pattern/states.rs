//! Searches by an automaton whose states are made as they are needed.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::Input;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson::NFA;
use regex_automata::util::pool::Pool;

/// An automaton that is in one state at a time, and remembers those in which it was.
pub(super) struct States {
    dfa: DFA,
    /// What it remembers, for each thread that searches.
    caches: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>,
}

/// How many bytes are searched before it is asked whether there is time for more. When no state comes twice each byte makes one.
const PIECE: usize = 256;

impl States {
    /// Makes the automaton, which may remember states of so many bytes; `None` when it could find too much.
    pub(super) fn new(nfa: &NFA, size: usize) -> Option<States> {
        // An empty match within a character is none, and it cannot tell those; there may be some where `\B` is about ASCII.
        if nfa.has_empty() && nfa.look_set_any().contains_word_ascii() {
            return None;
        }
        // It never gives up because it has to make states again and again: the other way is no faster.
        let config =
            Config::new().unicode_word_boundary(true).skip_cache_capacity_check(true).cache_capacity(size).minimum_cache_clear_count(None);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa.clone()).ok()?;
        let maker = dfa.clone();
        Some(States { dfa, caches: Pool::new(Box::new(move || maker.create_cache())) })
    }

    /// Returns whether a text holds a match, `None` when this cannot tell: at `\b` beside what is not ASCII. Before each piece `go_on` is
    /// called with its length.
    ///
    /// # Errors
    /// Those of `go_on`.
    pub(super) fn find<E>(&self, text: &str, mut go_on: impl FnMut(usize) -> Result<(), E>) -> Result<Option<bool>, E> {
        let mut cache = self.caches.get();
        let Ok(mut state) = self.dfa.start_state_forward(&mut cache, &Input::new(text)) else { return Ok(None) };
        for piece in text.as_bytes().chunks(PIECE) {
            go_on(piece.len())?;
            for &byte in piece {
                let Ok(next) = self.dfa.next_state(&mut cache, state, byte) else { return Ok(None) };
                state = next;
                if state.is_tagged() {
                    if state.is_match() {
                        return Ok(Some(true));
                    }
                    if state.is_dead() {
                        return Ok(Some(false));
                    }
                    if state.is_quit() {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(self.dfa.next_eoi_state(&mut cache, state).ok().map(|end| end.is_match()))
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("States").finish_non_exhaustive()
    }
}
