//! Regular expressions that are tried on texts of any length, within a budget.
//!
//! | file | what it is |
//! |---|---|
//! | `states` | the automaton that makes its states as it needs them: fast, and stops between two pieces of a text |
//! | `steps` | the automaton as it was compiled: slow, for what the other cannot do |
//!
//! A regular expression of `n` states takes up to `n` steps for each byte of a text: a second for 60 KB and a thousand states. `Regex`
//! knows no way to stop before the end, so it is used for texts only for which that takes no time, which are nearly all.

mod states;
mod steps;

use regex::{Regex, RegexBuilder};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};

use self::states::States;
use super::budget::{Budget, OutOfBudget};

/// A regular expression.
pub(super) struct Pattern {
    regex: Regex,
    nfa: NFA,
    states: Option<States>,
    /// How long a text may be that `regex` is tried on.
    at_once: usize,
}

/// How many steps a search may take that cannot be stopped: some ten milliseconds, at worst.
const AT_ONCE: usize = 1 << 20;

/// How many bytes an automaton may remember of its states, for each thread that searches.
const CACHE: usize = 128 << 10;

/// How many of them take a microsecond, at worst.
const PER_MICROSECOND: usize = 128;

impl Pattern {
    /// Compiles a regular expression, of at most so many bytes.
    pub(super) fn new(pattern: &str, size: usize) -> Result<Pattern, regex::Error> {
        let regex = RegexBuilder::new(pattern).size_limit(size).dfa_size_limit(CACHE).build()?;
        let limits = thompson::Config::new().nfa_size_limit(Some(size)).which_captures(WhichCaptures::None);
        // It was compiled once, with more that it has to hold.
        let nfa = thompson::Compiler::new().configure(limits).build(pattern).map_err(|_| regex::Error::CompiledTooBig(size))?;
        let states = States::new(&nfa, CACHE);
        Ok(Pattern { at_once: AT_ONCE / nfa.states().len().max(1), regex, nfa, states })
    }

    /// Returns the text of it.
    pub(super) fn as_str(&self) -> &str {
        self.regex.as_str()
    }

    /// Returns about how many bytes it takes: it is compiled three times.
    pub(super) fn size(&self) -> usize {
        3 * self.nfa.memory_usage()
    }

    /// Returns whether it is found in a text.
    #[inline]
    pub(super) fn is_match(&self, text: &str, budget: &mut Budget) -> Result<bool, OutOfBudget> {
        if text.len() <= self.at_once {
            budget.spend(1 + self.cost(text.len()))?;
            return Ok(self.regex.is_match(text));
        }
        self.is_match_in_long(text, budget)
    }

    /// Returns how many microseconds so many bytes take, at worst.
    fn cost(&self, bytes: usize) -> usize {
        self.nfa.states().len() * bytes / PER_MICROSECOND
    }

    /// Returns whether it is found in a text, which may take a while.
    #[cold]
    fn is_match_in_long(&self, text: &str, budget: &mut Budget) -> Result<bool, OutOfBudget> {
        let found = match &self.states {
            Some(states) => states.find(text, |bytes| budget.spend(self.cost(bytes)))?,
            None => None,
        };
        match found {
            Some(found) => Ok(found),
            None => steps::find(&self.nfa, text, |steps| budget.spend(steps / PER_MICROSECOND)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::Limit;

    const PATTERNS: [&str; 22] = [
        "a",
        "^a",
        "a$",
        "^$",
        "",
        "a|b",
        "(a|b)*c",
        "[^a]b",
        "a.c",
        "(?s)a.c",
        "(?i)AB",
        r"\bab\b",
        r"\Bb",
        r"(?-u:\b)a",
        r"(?-u:\B)",
        "ä",
        r"\w+@\w+",
        "(?m)^b$",
        "a{2,3}b",
        r"^(ab|ba){2}",
        r"\d",
        r"(?R)(?m)b$",
    ];

    fn texts() -> Vec<String> {
        let alphabet = ["a", "b", "c", "ä", "\n", "@", "7", " "];
        let mut texts = vec![String::new()];
        for length in 0..3 {
            let longer: Vec<String> = texts
                .iter()
                .filter(|text| text.chars().count() == length)
                .flat_map(|text| alphabet.map(|letter| format!("{text}{letter}")))
                .collect();
            texts.extend(longer);
        }
        texts.extend([format!("{}ab ba@ab", "ä".repeat(300)), format!("{}b", "ab\r\n".repeat(200))]);
        texts
    }

    #[test]
    fn all_ways_to_search_find_the_same() {
        for pattern in PATTERNS {
            let compiled = Pattern::new(pattern, 1 << 18).unwrap();
            let mut both = 0;
            for text in texts() {
                let expected = compiled.regex.is_match(&text);
                if let Some(found) = compiled.states.as_ref().and_then(|states| states.find::<()>(&text, |_| Ok(())).unwrap()) {
                    assert_eq!(found, expected, "{pattern:?} on {text:?}, by states");
                    both += 1;
                }
                assert_eq!(steps::find::<()>(&compiled.nfa, &text, |_| Ok(())), Ok(expected), "{pattern:?} on {text:?}, by steps");
            }
            assert!(both > 0 || pattern == r"(?-u:\B)", "{pattern:?} is never tried by states");
        }
    }

    #[test]
    fn a_search_in_a_long_text_stops_when_the_time_is_over() {
        for (pattern, text) in
            [("(([a-z]{1,20}){1,20})1", "abcdefghij".repeat(6_000)), (r"\b(([a-zä]{1,20}){1,20})1", "abcä fghijä ".repeat(6_000))]
        {
            let pattern = Pattern::new(pattern, 1 << 17).unwrap();
            // A machine that is busy makes it no test of speed: without the limit it would take minutes.
            let patience = Limit::after(Duration::from_secs(30));
            assert_eq!(pattern.is_match(&text, &mut Budget::lasting(Duration::ZERO)), Err(OutOfBudget::Time), "{}", pattern.as_str());
            assert!(!patience.left().is_zero(), "{} took long", pattern.as_str());
        }
    }

    #[test]
    fn a_long_text_is_searched_to_its_end() {
        let pattern = Pattern::new("[a-c]+x", 1 << 16).unwrap();
        let text = "abc".repeat(1 << 18);
        assert_eq!(pattern.is_match(&text, &mut Budget::unlimited()), Ok(false));
        assert_eq!(pattern.is_match(&(text + "x"), &mut Budget::unlimited()), Ok(true));
    }
}
