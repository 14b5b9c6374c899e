//! What pipelines ask of one text field.

use regex::Regex;

use super::cache::{Cache, LONGEST};
use super::hash::Hasher;
use super::head::TextTest;
use super::picks::Lists;
use super::table::Table;
use crate::model::event::{Batch, Field};

/// All that pipelines ask of one field: which text it is by a table, the rest by tests whose verdicts are remembered.
#[derive(Debug)]
pub(super) struct Texts {
    field: Field,
    hasher: Hasher,
    literals: Table,
    tests: Vec<(Test, Vec<u32>)>,
    /// The pipelines that have tests; a verdict has a bit for each.
    targets: Vec<u32>,
}

/// A test of a text. Patterns are tried one by one: all at once, as `regex::RegexSet` does it, took a seventh of the time for twenty
/// anchored patterns and six times as long for two hundred such as `a.*b.*c`; and verdicts are remembered in any case.
#[derive(Debug)]
enum Test {
    StartsWith(&'static str),
    EndsWith(&'static str),
    Contains(&'static str),
    Matches(Regex),
}

impl Test {
    fn holds(&self, text: &str) -> bool {
        match self {
            Test::StartsWith(literal) => text.starts_with(literal),
            Test::EndsWith(literal) => text.ends_with(literal),
            Test::Contains(literal) => text.contains(literal),
            Test::Matches(regex) => regex.is_match(text),
        }
    }
}

/// Returns true when a test can be made here: a pattern that is too large panics in its pipeline, when that first tries it.
pub(super) fn is_testable(test: &TextTest) -> bool {
    !matches!(test, TextTest::Matches(pattern) if Regex::new(pattern).is_err())
}

impl Texts {
    /// Collects what pipelines ask of a field; `None` when they ask nothing.
    pub(super) fn new(field: Field, hasher: Hasher, asked: &[(TextTest, u32)]) -> Option<Texts> {
        let literals = asked.iter().filter_map(|(test, target)| match test {
            TextTest::Equals(text) => Some((*text, *target)),
            _ => None,
        });
        let literals = Table::new(hasher, literals);
        let mut targets: Vec<u32> =
            asked.iter().filter(|(test, _)| !matches!(test, TextTest::Equals(_))).map(|(_, target)| *target).collect();
        targets.sort_unstable();
        targets.dedup();
        let mut kinds: Vec<(TextTest, Vec<u32>)> = Vec::new();
        for (test, target) in asked {
            // Of what is sorted all are found.
            let Ok(bit) = targets.binary_search(target) else { continue };
            match kinds.iter_mut().find(|(known, _)| known == test) {
                Some((_, bits)) => bits.push(bit as u32),
                None => kinds.push((*test, vec![bit as u32])),
            }
        }
        let tests = kinds.into_iter().filter_map(|(test, bits)| {
            let test = match test {
                TextTest::Equals(_) => return None,
                TextTest::StartsWith(literal) => Test::StartsWith(literal),
                TextTest::EndsWith(literal) => Test::EndsWith(literal),
                TextTest::Contains(literal) => Test::Contains(literal),
                // Whether it compiles was asked before.
                TextTest::Matches(pattern) => Test::Matches(Regex::new(pattern).ok()?),
            };
            Some((test, bits))
        });
        let tests: Vec<_> = tests.collect();
        (!asked.is_empty()).then_some(Texts { field, hasher, literals, tests, targets })
    }

    /// Makes the memory of its verdicts.
    pub(super) fn cache(&self) -> Option<Cache> {
        (!self.tests.is_empty()).then(|| Cache::new(self.targets.len()))
    }

    /// Adds the events of a batch to the lists of the pipelines that want them.
    pub(super) fn pick(&self, batch: &Batch, cache: Option<&mut Cache>, lists: &mut Lists<'_>) {
        match cache {
            Some(cache) => self.each(batch, |text, hash, event| {
                if !self.literals.is_empty() {
                    self.literals.find(hash, |pipeline| lists.add(pipeline, event));
                }
                self.test(text, hash, cache, |pipeline| lists.add(pipeline, event));
            }),
            None => self.each(batch, |_, hash, event| self.literals.find(hash, |pipeline| lists.add(pipeline, event))),
        }
    }

    #[inline]
    fn each<'b>(&self, batch: &'b Batch, mut each: impl FnMut(&'b str, u64, u32)) {
        for (index, event) in (0..).zip(batch.iter()) {
            if let Some(text) = event.text(self.field) {
                each(text, self.hasher.hash(text.as_bytes()), index);
            }
        }
    }

    #[inline]
    fn test(&self, text: &str, hash: u64, cache: &mut Cache, mut wanted: impl FnMut(u32)) {
        if text.len() > LONGEST {
            let holding = self.tests.iter().filter(|(test, _)| test.holds(text));
            holding.flat_map(|(_, bits)| bits).for_each(|bit| wanted(self.targets[*bit as usize]));
            return;
        }
        let verdict = cache.verdict(text.as_bytes(), hash, |verdict| self.judge(text, verdict));
        for (word, mut bits) in verdict.iter().copied().enumerate() {
            while bits != 0 {
                wanted(self.targets[word * 64 + bits.trailing_zeros() as usize]);
                bits &= bits - 1;
            }
        }
    }

    fn judge(&self, text: &str, verdict: &mut [u64]) {
        for (test, bits) in &self.tests {
            if test.holds(text) {
                bits.iter().for_each(|bit| verdict[*bit as usize / 64] |= 1 << (bit % 64));
            }
        }
    }
}
