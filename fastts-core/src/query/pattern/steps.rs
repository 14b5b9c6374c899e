//! Searches by an automaton that is in many states at a time.

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::StateID;

/// Returns whether a text holds a match. At each byte `go_on` is called with how many steps were made for the one before.
///
/// # Errors
/// Those of `go_on`.
pub(super) fn find<E>(nfa: &NFA, text: &str, mut go_on: impl FnMut(usize) -> Result<(), E>) -> Result<bool, E> {
    let bytes = text.as_bytes();
    let (mut now, mut next) = (Set::new(nfa), Set::new(nfa));
    let mut stack = Vec::new();
    let mut steps = 0;
    for at in 0..=bytes.len() {
        // A match may begin at any character.
        if text.is_char_boundary(at) && now.reach(nfa, nfa.start_anchored(), bytes, at, &mut stack) {
            return Ok(true);
        }
        if at == bytes.len() {
            return Ok(false);
        }
        steps += 1 + std::mem::take(&mut now.visits);
        if steps >= 4_096 {
            go_on(std::mem::take(&mut steps))?;
        }
        next.clear();
        for &state in &now.states {
            let target = match nfa.state(state) {
                State::ByteRange { trans } => trans.matches_byte(bytes[at]).then_some(trans.next),
                State::Sparse(transitions) => transitions.matches_byte(bytes[at]),
                State::Dense(transitions) => transitions.matches_byte(bytes[at]),
                _ => None,
            };
            if let Some(target) = target
                && next.reach(nfa, target, bytes, at + 1, &mut stack)
            {
                return Ok(true);
            }
        }
        std::mem::swap(&mut now, &mut next);
    }
    Ok(false)
}

/// The states that the automaton is in.
struct Set {
    states: Vec<StateID>,
    /// In which round each was reached last.
    reached: Vec<u32>,
    round: u32,
    /// How many states were looked at.
    visits: usize,
}

impl Set {
    fn new(nfa: &NFA) -> Set {
        Set { states: Vec::new(), reached: vec![0; nfa.states().len()], round: 1, visits: 0 }
    }

    fn clear(&mut self) {
        self.states.clear();
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.reached.fill(0);
            self.round = 1;
        }
    }

    /// Adds a state, and all to which it leads without a byte; returns true when one of them is a match.
    fn reach(&mut self, nfa: &NFA, state: StateID, bytes: &[u8], at: usize, stack: &mut Vec<StateID>) -> bool {
        stack.clear();
        stack.push(state);
        while let Some(state) = stack.pop() {
            self.visits += 1;
            if std::mem::replace(&mut self.reached[state.as_usize()], self.round) == self.round {
                continue;
            }
            match nfa.state(state) {
                State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) => self.states.push(state),
                State::Look { look, next } => {
                    if nfa.look_matcher().matches(*look, bytes, at) {
                        stack.push(*next);
                    }
                }
                State::Union { alternates } => stack.extend(alternates),
                State::BinaryUnion { alt1, alt2 } => stack.extend([alt1, alt2]),
                State::Capture { next, .. } => stack.push(*next),
                State::Fail => {}
                State::Match { .. } => return true,
            }
        }
        false
    }
}
