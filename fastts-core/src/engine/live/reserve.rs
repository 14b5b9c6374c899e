//! Worker threads that are kept back, for when stages keep others.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;

/// Worker threads of a tokio run-time that are kept back, and take the place of those that a stage keeps for ever.
///
/// # Design
/// No thread can be added to a tokio run-time. So it is made with some more than are wanted, and each of these runs a task that blocks it
/// and does nothing else: to tokio it is busy. When the run-time sees that a stage does not come back where its data is, it lets one of
/// them go, which then does the work of the other; when the stage comes back, one is kept back again.
#[derive(Clone, Debug)]
pub struct Reserve(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    tokio: Handle,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug)]
struct Inner {
    /// How many of them work, the first ones.
    released: usize,
    /// Which of them have a task that keeps them back.
    held: Vec<bool>,
    ended: bool,
}

impl Reserve {
    /// Keeps back so many of the worker threads of a multi-threaded run-time; it must have more.
    pub fn keep(tokio: &Handle, threads: usize) -> Reserve {
        let inner = Mutex::new(Inner { released: threads, held: vec![false; threads], ended: false });
        let reserve = Reserve(Arc::new(Kept { tokio: tokio.clone(), state: Arc::new(State { inner, changed: Condvar::new() }) }));
        reserve.release(0);
        reserve
    }

    /// Lets so many of them work, no more than there are, and keeps back the others.
    pub(super) fn release(&self, wanted: usize) {
        let Kept { tokio, state } = &*self.0;
        let mut inner = state.lock();
        let wanted = wanted.min(inner.held.len());
        if std::mem::replace(&mut inner.released, wanted) == wanted {
            return;
        }
        state.changed.notify_all();
        for place in inner.released..inner.held.len() {
            if !std::mem::replace(&mut inner.held[place], true) {
                let state = Arc::clone(state);
                tokio.spawn(async move { state.hold(place) });
            }
        }
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing in here can panic half-way.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps this thread until it is wanted.
    fn hold(&self, place: usize) {
        let is_kept = |inner: &mut Inner| !inner.ended && place >= inner.released;
        let mut inner = self.changed.wait_while(self.lock(), is_kept).unwrap_or_else(PoisonError::into_inner);
        inner.held[place] = false;
    }
}

impl Drop for Kept {
    /// A run-time that ends must not wait for them.
    fn drop(&mut self) {
        self.state.lock().ended = true;
        self.state.changed.notify_all();
    }
}
