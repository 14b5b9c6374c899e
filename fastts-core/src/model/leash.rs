//! A token that can be taken back from whoever holds its clones.

use std::future::Future as _;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};

use crate::model::token::{Outcome, Receipt, Token};

/// Holds the token of an item while a stand-in of it is lent to code that may never give it back.
///
/// When the last clone of the stand-in is dropped, its outcome is noted for the item. Until then the leash can be cut: the item is
/// told its outcome at once, and what becomes of the stand-in is no matter any more. An item without a token has an empty leash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leash(Option<Arc<Lent>>);

#[derive(Debug)]
struct Lent {
    /// Tells when the last clone of the stand-in is gone.
    receipt: Mutex<Receipt>,
    token: Mutex<Token>,
}

impl Leash {
    /// Takes a token in, and returns what is lent in its place.
    pub(crate) fn new(token: &Token) -> (Token, Leash) {
        if token.is_none() {
            return (Token::none(), Leash(None));
        }
        let (stand_in, receipt) = Token::new();
        let lent = Arc::new(Lent { receipt: Mutex::new(receipt), token: Mutex::new(token.clone()) });
        let waker = Waker::from(Arc::clone(&lent));
        {
            let mut receipt = lent.receipt.lock().unwrap_or_else(PoisonError::into_inner);
            // The stand-in is here, so it is pending: this leaves the waker with it.
            let _ = pin!(receipt.wait()).poll(&mut Context::from_waker(&waker));
        }
        (stand_in, Leash(Some(lent)))
    }

    /// Notes an outcome for the item, and lets go of its token.
    pub(crate) fn cut(&self, outcome: Outcome) {
        if let Some(lent) = &self.0 {
            lent.let_go(outcome);
        }
    }
}

impl Lent {
    fn let_go(&self, outcome: Outcome) {
        let token = std::mem::take(&mut *self.token.lock().unwrap_or_else(PoisonError::into_inner));
        token.note(outcome);
    }
}

impl Wake for Lent {
    /// The last clone of the stand-in is gone.
    fn wake(self: Arc<Self>) {
        let outcome = self.receipt.lock().unwrap_or_else(PoisonError::into_inner).outcome();
        if let Some(outcome) = outcome {
            self.let_go(outcome);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_the_stand_in_is_told_when_its_last_clone_is_gone() {
        let (token, receipt) = Token::new();
        let (stand_in, leash) = Leash::new(&token);
        drop((token, leash));
        let other = stand_in.clone();
        other.note(Outcome::Dropped);
        drop(stand_in);
        assert_eq!(receipt.outcome(), None, "a clone is there still");
        drop(other);
        assert_eq!(receipt.outcome(), Some(Outcome::Dropped));
    }

    #[test]
    fn a_leash_that_is_cut_tells_at_once_and_hears_nothing_more() {
        let (token, receipt) = Token::new();
        let (stand_in, leash) = Leash::new(&token);
        drop(token);
        leash.cut(Outcome::TimedOut);
        assert_eq!(receipt.outcome(), Some(Outcome::TimedOut));
        stand_in.note(Outcome::Unfinished);
        drop(stand_in);
        assert_eq!(receipt.outcome(), Some(Outcome::TimedOut));
    }

    #[test]
    fn an_item_without_a_token_lends_none() {
        let (stand_in, leash) = Leash::new(&Token::none());
        assert!(stand_in.is_none());
        leash.cut(Outcome::TimedOut);
    }
}
