//! Connections that wait for their client. When there are too many connections, the one that has waited longest makes room: who asks
//! how the server is must not be kept out by clients that ask nothing.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::sync::Notify;

/// All connections of one kind that wait, those that have waited longest first.
#[derive(Debug, Default)]
pub(super) struct Idle {
    waiting: Mutex<BTreeMap<u64, Arc<Notify>>>,
    /// The number of the last that began to wait.
    last: AtomicU64,
}

impl Idle {
    fn waiting<T>(&self, look: impl FnOnce(&mut BTreeMap<u64, Arc<Notify>>) -> T) -> T {
        look(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has the one that has waited longest close; false when none waits.
    pub(super) fn close_one(&self) -> bool {
        match self.waiting(BTreeMap::pop_first) {
            None => false,
            Some((_, close)) => {
                close.notify_one();
                true
            }
        }
    }
}

/// One connection among them; it waits from the start.
#[derive(Debug)]
pub(super) struct Waiter {
    idle: Arc<Idle>,
    close: Arc<Notify>,
    /// Since when it waits, in the numbers of [`Idle`].
    number: AtomicU64,
    busy: AtomicBool,
}

impl Waiter {
    pub(super) fn new(idle: &Arc<Idle>) -> Waiter {
        let waiter = Waiter { idle: Arc::clone(idle), close: Arc::default(), number: AtomicU64::new(0), busy: AtomicBool::new(true) };
        waiter.wait();
        waiter
    }

    fn wait(&self) {
        if self.busy.swap(false, Ordering::AcqRel) {
            let number = self.idle.last.fetch_add(1, Ordering::Relaxed) + 1;
            self.number.store(number, Ordering::Release);
            self.idle.waiting(|waiting| waiting.insert(number, Arc::clone(&self.close)));
        }
    }

    /// Notes that the client wants something, until what it gets is gone.
    pub(super) fn work(&self) {
        self.busy.store(true, Ordering::Release);
        self.idle.waiting(|waiting| waiting.remove(&self.number.load(Ordering::Acquire)));
    }

    /// Returns whether the client gets something.
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire)
    }

    /// Waits until the connection has to close.
    pub(super) async fn closing(&self) {
        self.close.notified().await;
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.work();
    }
}

/// The body of an answer; when it is gone, its connection waits again.
pub(super) struct Answering {
    pub(super) body: Body,
    pub(super) of: Arc<Waiter>,
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.of.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns whether a connection was told to close.
    fn is_told(waiter: &Waiter) -> bool {
        let closing = std::pin::pin!(waiter.closing());
        closing.poll(&mut Context::from_waker(std::task::Waker::noop())).is_ready()
    }

    #[test]
    fn who_has_waited_longest_makes_room_and_who_is_busy_does_not() {
        let idle = Arc::default();
        let [first, second, third] = [(); 3].map(|()| Waiter::new(&idle));
        first.work();
        assert!(idle.close_one() && is_told(&second) && !is_told(&first) && !is_told(&third));
        first.wait();
        assert!(idle.close_one() && is_told(&third), "the first waits anew, behind it");
        drop(first);
        assert!(!idle.close_one(), "what is gone makes no room");
    }
}
