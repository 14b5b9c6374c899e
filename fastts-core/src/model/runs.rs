//! Which token each item of a batch travels with.

use std::ops::Range;
use std::sync::Arc;

use crate::model::token::{Outcome, Token};

/// Which token each item of a batch travels with: runs of items, side by side, that have the same one.
///
/// One read of a connection is a batch of many messages. Each of them wants to know what became of its items, so a run is what a
/// message brought. Its clones are the same runs; without any, which is usual, it is a null pointer.
///
/// ```
/// use fastts_core::{Runs, Token};
///
/// let ((first, _first_receipt), (second, _second_receipt)) = (Token::new(), Token::new());
/// // Three items of the first message, then two of the second.
/// let runs: Runs = [(first, 3), (second.clone(), 5)].into_iter().collect();
/// assert!(runs.token(3).is_same(&second));
/// assert!(runs.token(5).is_none());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Runs(Option<Arc<Vec<Run>>>);

/// Items side by side that travel with one token.
#[derive(Clone, Debug)]
struct Run {
    token: Token,
    /// The index of the first item behind them.
    end: usize,
}

static NO_RUNS: Runs = Runs::none();
static NO_TOKEN: Token = Token::none();

impl Runs {
    /// Makes the runs of a batch whose items travel with no token.
    pub const fn none() -> Runs {
        Runs(None)
    }

    /// Makes the runs of a batch whose items all travel with one token.
    pub fn all(token: Token) -> Runs {
        [(token, usize::MAX)].into_iter().collect()
    }

    /// Returns the runs of a batch without tokens, to be borrowed.
    #[inline]
    pub(crate) fn nothing<'r>() -> &'r Runs {
        &NO_RUNS
    }

    /// Returns true when no item travels with a token.
    #[inline]
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the token that the item at `index` travels with.
    #[inline]
    pub fn token(&self, index: usize) -> &Token {
        match &self.0 {
            None => &NO_TOKEN,
            Some(runs) => runs.get(runs.partition_point(|run| run.end <= index)).map_or(&NO_TOKEN, |run| &run.token),
        }
    }

    /// Appends the token of the next item, which is at `index`.
    #[inline]
    pub(crate) fn push(&mut self, index: usize, token: &Token) {
        if self.is_none() && token.is_none() {
            return;
        }
        self.push_some(index, token);
    }

    fn push_some(&mut self, index: usize, token: &Token) {
        // Nobody else holds runs that are being made.
        let runs = Arc::make_mut(self.0.get_or_insert_default());
        let end = index + 1;
        match runs.last_mut() {
            Some(last) if last.token.is_same(token) => last.end = end,
            last => {
                if last.map_or(0, |last| last.end) < index {
                    runs.push(Run { token: Token::none(), end: index });
                }
                runs.push(Run { token: token.clone(), end });
            }
        }
    }

    /// Returns the runs of a batch that has copies of these items only.
    pub(crate) fn picked(&self, indices: impl Iterator<Item = usize>) -> Runs {
        let mut picked = Runs::none();
        if !self.is_none() {
            indices.enumerate().for_each(|(place, index)| picked.push(place, self.token(index)));
        }
        picked
    }

    /// Notes what became of the items of a range.
    pub(crate) fn note(&self, range: Range<usize>, outcome: Outcome) {
        let Some(runs) = self.0.as_deref().filter(|_| !range.is_empty()) else { return };
        let first = runs.partition_point(|run| run.end <= range.start);
        let mut start = range.start;
        for run in &runs[first..] {
            if start >= range.end {
                return;
            }
            run.token.note(outcome);
            start = run.end;
        }
    }
}

/// Makes runs of tokens, each with the index of the first item behind those that travel with it.
impl FromIterator<(Token, usize)> for Runs {
    fn from_iter<T: IntoIterator<Item = (Token, usize)>>(runs: T) -> Runs {
        let mut last = 0;
        let runs = runs.into_iter().map(|(token, end)| {
            last = end.max(last);
            Run { token, end: last }
        });
        let runs: Vec<Run> = runs.collect();
        Runs(runs.iter().any(|run| !run.token.is_none()).then(|| Arc::new(runs)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three runs: two items with the first token, one without, two with the second.
    fn runs() -> (Runs, [Token; 2]) {
        let ((one, _), (two, _)) = (Token::new(), Token::new());
        ([(one.clone(), 2), (Token::none(), 3), (two.clone(), 5)].into_iter().collect(), [one, two])
    }

    #[test]
    fn each_item_has_the_token_of_its_run() {
        let (runs, [one, two]) = runs();
        let tokens: Vec<&Token> = (0..6).map(|index| runs.token(index)).collect();
        assert!(tokens[0].is_same(&one) && tokens[1].is_same(&one) && tokens[3].is_same(&two) && tokens[4].is_same(&two));
        assert!(tokens[2].is_none() && tokens[5].is_none());
        assert!(Runs::all(one.clone()).token(1_000_000).is_same(&one));
    }

    #[test]
    fn runs_that_are_made_item_by_item_are_those_that_were_given() {
        let (runs, [one, two]) = runs();
        let picked = runs.picked([1, 2, 4].into_iter());
        assert!(picked.token(0).is_same(&one) && picked.token(1).is_none() && picked.token(2).is_same(&two));
        assert!(runs.picked([2].into_iter()).is_none());
        let mut late = Runs::none();
        [&Token::none(), &Token::none(), &two].into_iter().enumerate().for_each(|(index, token)| late.push(index, token));
        assert!(late.token(1).is_none() && late.token(2).is_same(&two));
    }

    #[test]
    fn an_outcome_is_noted_for_the_runs_of_a_range_and_no_others() {
        for (range, wanted) in
            [(0..1, [true, false]), (1..3, [true, false]), (2..3, [false, false]), (2..4, [false, true]), (0..5, [true; 2])]
        {
            let ((one, first), (two, second)) = (Token::new(), Token::new());
            let runs: Runs = [(one, 2), (Token::none(), 3), (two, 5)].into_iter().collect();
            runs.note(range.clone(), Outcome::Dropped);
            drop(runs);
            let noted = [first, second].map(|receipt| receipt.outcome() == Some(Outcome::Dropped));
            assert_eq!(noted, wanted, "{range:?}");
        }
    }
}
