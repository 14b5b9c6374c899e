//! Who wants to know what became of items.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::Poll;

use atomic_waker::AtomicWaker;

/// What became of items, the better outcome first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Outcome {
    /// Every pipeline has run them, and every sink that took something of them has brought it out, or has kept it as a dead letter.
    Delivered = 0,
    /// A full mailbox or queue dropped some of them, as its policy says.
    Dropped = 1,
    /// A sink gave some of them up and could not keep them.
    Refused = 2,
    /// Some of them came to a pipeline that is stopped.
    Stopped = 3,
    /// The router ended before it was done with them.
    Unfinished = 4,
}

impl Outcome {
    const ALL: [Outcome; 5] = [Outcome::Delivered, Outcome::Dropped, Outcome::Refused, Outcome::Stopped, Outcome::Unfinished];

    /// Returns true when whoever sent the items need not send them again.
    pub fn is_delivered(self) -> bool {
        self == Outcome::Delivered
    }
}

/// Travels with items; when its last clone is dropped, the [`Receipt`] knows what became of them.
///
/// A token is free for those who do not ask: [`Token::none`] is a null pointer. Dropping one never waits, locks or panics.
#[derive(Clone, Debug, Default)]
pub struct Token(Option<Arc<Ticket>>);

/// What the clones of a token share.
#[derive(Debug)]
struct Ticket(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// The worst outcome so far.
    worst: AtomicU8,
    done: AtomicBool,
    waker: AtomicWaker,
}

/// Tells what became of the items that travelled with a token.
#[derive(Debug)]
pub struct Receipt(Arc<State>);

impl Token {
    /// Makes a token that tells nobody.
    pub const fn none() -> Token {
        Token(None)
    }

    /// Makes a token, and the receipt that it tells.
    pub fn new() -> (Token, Receipt) {
        let state = Arc::new(State::default());
        (Token(Some(Arc::new(Ticket(Arc::clone(&state))))), Receipt(state))
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
        if let Some(ticket) = &self.0 {
            ticket.0.worst.fetch_max(outcome as u8, Ordering::Relaxed);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.done.store(true, Ordering::Release);
        self.0.waker.wake();
    }
}

impl Receipt {
    /// Returns what became of the items, `None` while some are on their way.
    pub fn outcome(&self) -> Option<Outcome> {
        // All notes were made before the last clone was dropped.
        self.0.done.load(Ordering::Acquire).then(|| Outcome::ALL[usize::from(self.0.worst.load(Ordering::Relaxed))])
    }

    /// Waits until it is known what became of the items.
    pub async fn wait(&mut self) -> Outcome {
        poll_fn(|cx| {
            if let Some(outcome) = self.outcome() {
                return Poll::Ready(outcome);
            }
            self.0.waker.register(cx.waker());
            // It may have become known in between.
            self.outcome().map_or(Poll::Pending, Poll::Ready)
        })
        .await
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
