//! Who wants to know what became of items.

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::Poll;

use atomic_waker::AtomicWaker;

use crate::model::reply::{Failure, Replied, ReplySlot, Slot};

/// What became of items, the better outcome first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Outcome {
    /// Every pipeline has run them, and every sink that took something of them has brought it out, or has kept it as a dead letter.
    Delivered = 0,
    /// The future of a `map_async` gave an error for some of them; they are dead letters.
    Failed = 1,
    /// A worker of a `pool`, or a future of a `map_async`, took too long over some of them; they are dead letters.
    TimedOut = 2,
    /// A worker of a `pool`, or a future of a `map_async`, panicked on some of them; they are dead letters.
    Panicked = 3,
    /// The breaker of a `pool` or `map_async` was blown when some of them came; they are dead letters.
    Blown = 4,
    /// A full mailbox or queue dropped some of them, as its policy says.
    Dropped = 5,
    /// A sink gave some of them up and could not keep them.
    Refused = 6,
    /// Some of them came to a pipeline that is stopped.
    Stopped = 7,
    /// The router ended before it was done with them.
    Unfinished = 8,
}

impl Outcome {
    const ALL: [Outcome; 9] = [
        Outcome::Delivered,
        Outcome::Failed,
        Outcome::TimedOut,
        Outcome::Panicked,
        Outcome::Blown,
        Outcome::Dropped,
        Outcome::Refused,
        Outcome::Stopped,
        Outcome::Unfinished,
    ];

    /// Returns true when whoever sent the items need not send them again: they were delivered, or are dead letters.
    pub fn is_delivered(self) -> bool {
        self <= Outcome::Blown
    }
}

/// Travels with items; when its last clone is dropped, the [`Receipt`] knows what became of them.
///
/// A token is free for those who do not ask: [`Token::none`] is a null pointer. Dropping one never waits, locks or panics.
#[derive(Clone, Debug, Default)]
pub struct Token(Option<Arc<Ticket>>);

/// What the clones of a token share.
enum Ticket {
    Own(Arc<State<dyn Slot>>),
    /// It tells the receipt of another token, and is given back when its last clone is dropped.
    Lent {
        of: Token,
        by: Arc<dyn Lender>,
    },
}

/// Counts how many items are under way by the tokens that it lends them.
pub(crate) trait Lender: Send + Sync {
    /// Takes note that one is done. As dropping a token does, this never waits, locks or panics.
    fn given_back(&self);
}

/// What a token shares with whoever it tells.
#[derive(Debug, Default)]
pub(crate) struct State<S: ?Sized> {
    /// The worst outcome so far.
    worst: AtomicU8,
    done: AtomicBool,
    waker: AtomicWaker,
    /// Where the reply goes when the token is that of a call.
    slot: S,
}

impl<S: ?Sized> State<S> {
    /// Returns what became of the items, `None` while some are on their way.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        // All notes were made before the last clone was dropped.
        self.done.load(Ordering::Acquire).then(|| self.noted())
    }

    /// Returns the worst outcome that was noted so far.
    pub(crate) fn noted(&self) -> Outcome {
        Outcome::ALL[usize::from(self.worst.load(Ordering::Relaxed))]
    }

    /// Returns where the reply goes.
    pub(crate) fn slot(&self) -> &S {
        &self.slot
    }

    /// Waits until `look` returns something; it is asked again when there is a reply, and when the last clone of the token is dropped.
    pub(crate) async fn wait<R>(&self, mut look: impl FnMut(&Self) -> Option<R>) -> R {
        poll_fn(|cx| {
            if let Some(found) = look(self) {
                return Poll::Ready(found);
            }
            self.waker.register(cx.waker());
            // It may have become known in between.
            look(self).map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

/// Tells what became of the items that travelled with a token.
#[derive(Debug)]
pub struct Receipt(Arc<State<()>>);

impl Token {
    /// Makes a token that tells nobody.
    pub const fn none() -> Token {
        Token(None)
    }

    /// Makes a token, and the receipt that it tells.
    pub fn new() -> (Token, Receipt) {
        let (token, state) = Token::telling(());
        (token, Receipt(state))
    }

    /// Makes a token, and what it shares with whoever it tells.
    pub(crate) fn telling<S: Slot>(slot: S) -> (Token, Arc<State<S>>) {
        let state = Arc::new(State { worst: AtomicU8::new(0), done: AtomicBool::new(false), waker: AtomicWaker::new(), slot });
        let shared: Arc<State<S>> = Arc::clone(&state);
        (Token(Some(Arc::new(Ticket::Own(shared)))), state)
    }

    /// Makes a token that stands for another, and is given back to who lends it when its last clone is dropped.
    pub(crate) fn lent(self, by: Arc<dyn Lender>) -> Token {
        Token(Some(Arc::new(Ticket::Lent { of: self, by })))
    }

    /// Returns what it tells.
    fn told(&self) -> Option<&State<dyn Slot>> {
        match self.0.as_deref()? {
            Ticket::Own(state) => Some(state),
            Ticket::Lent { of, .. } => of.told(),
        }
    }

    /// Returns true when it tells nobody.
    #[inline]
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Returns true when both tell the same receipt, or nobody.
    #[inline]
    pub fn is_same(&self, other: &Token) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        }
    }

    /// Notes an outcome; the worst counts.
    pub fn note(&self, outcome: Outcome) {
        if let Some(told) = self.told() {
            told.worst.fetch_max(outcome as u8, Ordering::Relaxed);
        }
    }

    /// Notes why no reply comes, when the item is that of a call; the first reason counts, and a reply counts more.
    ///
    /// It says nothing to a source, which is told by [`Token::note`].
    pub fn fail(&self, failure: Failure) {
        if let Some(told) = self.told() {
            told.slot.fail(failure);
        }
    }

    /// Replies to the call that the item is of; `reply` is asked for the reply when there is none yet, and somebody waits for one of
    /// this type.
    pub(crate) fn reply<R: Send + 'static>(&self, reply: impl FnOnce() -> R) -> Replied {
        let Some(told) = self.told() else { return Replied::Nobody };
        let slot: &dyn Any = &told.slot;
        let Some(slot) = slot.downcast_ref::<ReplySlot<R>>() else { return Replied::Nobody };
        let replied = slot.put(reply);
        if replied == Replied::First {
            told.waker.wake();
        }
        replied
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ticket::Own(state) => f.debug_tuple("Own").field(&state.noted()).finish(),
            Ticket::Lent { of, .. } => f.debug_tuple("Lent").field(of).finish(),
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        match self {
            Ticket::Own(state) => {
                state.done.store(true, Ordering::Release);
                state.waker.wake();
            }
            Ticket::Lent { by, .. } => by.given_back(),
        }
    }
}

impl Receipt {
    /// Returns what became of the items, `None` while some are on their way.
    pub fn outcome(&self) -> Option<Outcome> {
        self.0.outcome()
    }

    /// Returns the worst that was noted so far.
    pub(crate) fn noted(&self) -> Outcome {
        self.0.noted()
    }

    /// Waits until it is known what became of the items.
    pub async fn wait(&mut self) -> Outcome {
        self.0.wait(State::outcome).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_clone_tells_the_worst_outcome() {
        let (token, receipt) = Token::new();
        let other = token.clone();
        other.note(Outcome::Refused);
        token.note(Outcome::Dropped);
        drop(token);
        assert_eq!(receipt.outcome(), None);
        drop(other);
        assert_eq!(receipt.outcome(), Some(Outcome::Refused));
    }

    #[test]
    fn a_token_that_is_lent_tells_who_the_other_tells_and_is_given_back_once() {
        #[derive(Default)]
        struct Counting(std::sync::atomic::AtomicUsize);
        impl Lender for Counting {
            fn given_back(&self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let lender = Arc::new(Counting::default());
        let (token, receipt) = Token::new();
        let lent = token.lent(Arc::clone(&lender) as Arc<dyn Lender>);
        let other = lent.clone();
        lent.note(Outcome::Refused);
        drop(lent);
        assert_eq!((lender.0.load(Ordering::SeqCst), receipt.outcome()), (0, None));
        drop(other);
        assert_eq!((lender.0.load(Ordering::SeqCst), receipt.outcome()), (1, Some(Outcome::Refused)));
        drop(Token::none().lent(Arc::clone(&lender) as Arc<dyn Lender>));
        assert_eq!(lender.0.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn who_waits_is_woken() {
        let (token, mut receipt) = Token::new();
        let waiting = tokio::spawn(async move { receipt.wait().await });
        tokio::task::yield_now().await;
        drop(token);
        assert_eq!(waiting.await.unwrap(), Outcome::Delivered);
    }

    #[test]
    fn tokens_are_compared_by_whom_they_tell() {
        let ((one, _one), (other, _other)) = (Token::new(), Token::new());
        assert!(one.is_same(&one.clone()) && !one.is_same(&other) && !one.is_same(&Token::none()));
        assert!(Token::none().is_same(&Token::default()));
        assert_eq!(size_of::<Token>(), size_of::<usize>());
    }
}
