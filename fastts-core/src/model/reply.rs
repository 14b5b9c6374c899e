//! What a call waits for: the reply, or why none comes.

use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use crate::model::panics::Panic;
use crate::model::token::{Outcome, State, Token};

/// Why no reply comes to a call, as the one who keeps it from coming says with [`Token::fail`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// A stage panicked on the item.
    Panicked(Panic),
    /// A worker of a pool, or a future of `map_async`, was not done with it in time.
    TimedOut,
    /// No worker of a pool was free, and no more may wait for one.
    Overloaded,
    /// A breaker is open; its text says which, and since what.
    Blown(String),
    /// The program's own code returned an error, which this tells.
    Failed(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Panicked(panic) => write!(f, "a stage panicked: {panic}"),
            Failure::TimedOut => f.write_str("a worker was not done in time"),
            Failure::Overloaded => f.write_str("no worker was free, and no more may wait for one"),
            Failure::Blown(breaker) => write!(f, "a breaker is open: {breaker}"),
            Failure::Failed(error) => f.write_str(error),
        }
    }
}

/// Where the reply of a call goes, whatever its type; tokens that are of no call have `()`.
pub(crate) trait Slot: Any + Send + Sync {
    fn fail(&self, failure: Failure);
}

impl Slot for () {
    fn fail(&self, _failure: Failure) {}
}

/// What became of a reply that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replied {
    /// It is the reply.
    First,
    /// There is one already.
    Again,
    /// The item is of no call that waits for a reply of this type.
    Nobody,
}

/// Where the reply of a call goes.
///
/// # Design
/// The lock is never waited for: who has set `claimed` writes once, and the caller looks only when it sees `there`.
pub(crate) struct ReplySlot<R> {
    claimed: AtomicBool,
    there: AtomicBool,
    value: Mutex<Option<R>>,
    failure: OnceLock<Failure>,
}

impl<R: Send + 'static> Slot for ReplySlot<R> {
    fn fail(&self, failure: Failure) {
        let _ = self.failure.set(failure);
    }
}

impl<R> ReplySlot<R> {
    fn new() -> ReplySlot<R> {
        ReplySlot { claimed: AtomicBool::new(false), there: AtomicBool::new(false), value: Mutex::new(None), failure: OnceLock::new() }
    }

    /// Puts the reply there, unless there is one.
    pub(crate) fn put(&self, reply: impl FnOnce() -> R) -> Replied {
        if self.claimed.load(Ordering::Relaxed) {
            return Replied::Again;
        }
        // Before it is claimed: this may be the user's code, and panic.
        let reply = reply();
        if self.claimed.swap(true, Ordering::Relaxed) {
            return Replied::Again;
        }
        if let Ok(mut value) = self.value.try_lock() {
            *value = Some(reply);
        }
        self.there.store(true, Ordering::Release);
        Replied::First
    }

    fn take(&self) -> Option<R> {
        self.there.load(Ordering::Acquire).then(|| self.value.try_lock().ok()?.take()).flatten()
    }
}

/// Why a call has no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoReply {
    /// Somebody said why.
    Failed(Failure),
    /// What became of the item instead.
    Ended(Outcome),
}

/// The caller's end of a call.
pub(crate) struct Awaited<R>(Arc<State<ReplySlot<R>>>);

impl<R: Send + 'static> Awaited<R> {
    /// Makes the token of a call, and what waits for its reply.
    pub(crate) fn new() -> (Token, Awaited<R>) {
        let (token, state) = Token::telling(ReplySlot::new());
        (token, Awaited(state))
    }

    /// Takes the reply, or why there is none; `None` while that is not known.
    pub(crate) fn take(&self) -> Option<Result<R, NoReply>> {
        Awaited::look(&self.0)
    }

    /// Waits for the reply, or until it is known that none comes.
    pub(crate) async fn wait(&mut self) -> Result<R, NoReply> {
        self.0.wait(Awaited::look).await
    }

    fn look(state: &State<ReplySlot<R>>) -> Option<Result<R, NoReply>> {
        // First, since a reply comes before the last clone of the token is dropped.
        let outcome = state.outcome();
        if let Some(reply) = state.slot().take() {
            return Some(Ok(reply));
        }
        let outcome = outcome?;
        let failed = state.slot().failure.get().cloned().map(NoReply::Failed);
        Some(Err(failed.unwrap_or(NoReply::Ended(outcome))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reply_is_the_reply_and_those_after_it_are_not_even_made() {
        let (token, awaited) = Awaited::<String>::new();
        assert_eq!(token.reply(|| 1_u8), Replied::Nobody, "it is of another type");
        assert_eq!(awaited.take(), None);
        assert_eq!(token.clone().reply(|| "one".to_owned()), Replied::First);
        assert_eq!(token.reply::<String>(|| unreachable!()), Replied::Again);
        assert_eq!(awaited.take(), Some(Ok("one".to_owned())), "although a clone of the token is still there");
        assert_eq!(Token::none().reply(|| ()), Replied::Nobody);
        assert_eq!(Token::new().0.reply(|| ()), Replied::Nobody);
    }

    #[test]
    fn without_a_reply_it_is_told_what_became_of_the_item() {
        let failed = |failure: Failure| NoReply::Failed(failure);
        type Row = (&'static str, fn(&Token), NoReply);
        let rows: [Row; 4] = [
            ("nothing", |_| (), NoReply::Ended(Outcome::Delivered)),
            ("an outcome", |token| token.note(Outcome::Stopped), NoReply::Ended(Outcome::Stopped)),
            ("a failure", |token| token.fail(Failure::TimedOut), failed(Failure::TimedOut)),
            (
                "the first failure",
                |token| {
                    token.note(Outcome::Dropped);
                    token.fail(Failure::Overloaded);
                    token.fail(Failure::TimedOut);
                },
                failed(Failure::Overloaded),
            ),
        ];
        for (what, noted, wanted) in rows {
            let (token, awaited) = Awaited::<()>::new();
            noted(&token);
            assert_eq!(awaited.take(), None, "{what}");
            drop(token);
            assert_eq!(awaited.take(), Some(Err(wanted)), "{what}");
        }
    }

    #[test]
    fn a_reply_counts_more_than_a_failure() {
        let (token, awaited) = Awaited::<u8>::new();
        token.fail(Failure::TimedOut);
        token.reply(|| 7_u8);
        drop(token);
        assert_eq!(awaited.take(), Some(Ok(7)));
    }

    #[test]
    fn a_reply_that_panics_while_it_is_made_leaves_room_for_another() {
        let (token, awaited) = Awaited::<u8>::new();
        assert!(crate::model::panics::catch(|| token.reply::<u8>(|| panic!("no"))).is_err());
        assert_eq!(token.reply(|| 7_u8), Replied::First);
        assert_eq!(awaited.take(), Some(Ok(7)));
    }

    #[tokio::test]
    async fn who_waits_is_woken_by_the_reply_and_by_the_last_token() {
        for replies in [true, false] {
            let (token, mut awaited) = Awaited::<u8>::new();
            let waiting = tokio::spawn(async move { awaited.wait().await });
            tokio::task::yield_now().await;
            let kept = if replies { Some(token.clone()) } else { None };
            if replies {
                token.reply(|| 7_u8);
            }
            drop(token);
            let wanted = if replies { Ok(7) } else { Err(NoReply::Ended(Outcome::Delivered)) };
            assert_eq!(waiting.await.unwrap(), wanted);
            drop(kept);
        }
    }
}
