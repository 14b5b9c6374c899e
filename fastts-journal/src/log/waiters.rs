use std::sync::Mutex;
use std::task::Waker;

use super::lock;

/// Who waits for a number to be reached.
#[derive(Default)]
pub(crate) struct Waiters {
    list: Mutex<List>,
}

#[derive(Default)]
struct List {
    next: u64,
    waiting: Vec<Waiting>,
}

struct Waiting {
    id: u64,
    number: u64,
    waker: Waker,
}

impl Waiters {
    /// Adds somebody, or changes how they are woken.
    pub(crate) fn wait(&self, id: &mut Option<u64>, number: u64, waker: &Waker) {
        let mut list = lock(&self.list);
        if let Some(waiting) = id.and_then(|id| list.waiting.iter_mut().find(|waiting| waiting.id == id)) {
            waiting.waker.clone_from(waker);
            return;
        }
        list.next += 1;
        *id = Some(list.next);
        let waiting = Waiting { id: list.next, number, waker: waker.clone() };
        list.waiting.push(waiting);
    }

    /// Removes somebody who waits no more.
    pub(crate) fn leave(&self, id: u64) {
        lock(&self.list).waiting.retain(|waiting| waiting.id != id);
    }

    /// Wakes all who wait for this number or a lower one.
    pub(crate) fn wake(&self, reached: u64) {
        let woken: Vec<Waiting> = lock(&self.list).waiting.extract_if(.., |waiting| waiting.number <= reached).collect();
        for waiting in woken {
            waiting.waker.wake();
        }
    }
}
