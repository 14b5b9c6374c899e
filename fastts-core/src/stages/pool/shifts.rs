//! Which worker of a pool is at what: items that wait, workers that run them, are timed out, and come back.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use hashbrown::HashMap;

use crate::model::leash::Leash;
use crate::model::time::Time;
use crate::model::token::Token;

/// An item on its way through a pool.
#[derive(Debug)]
pub(super) struct Job<I> {
    /// A worker that is lost holds it still.
    pub(super) item: Arc<I>,
    pub(super) number: u64,
    pub(super) token: Token,
    /// Items of one key run one after the other.
    pub(super) key: Option<Arc<[u8]>>,
}

impl<I> Job<I> {
    /// Returns the key as breakers know it.
    pub(super) fn shown_key(&self) -> Cow<'static, str> {
        self.key.as_deref().map_or(Cow::Borrowed(""), |key| Cow::Owned(shown_key(key)))
    }
}

/// Shows a key: its texts, with `/` between them, or its bytes when there is something else in it.
pub(super) fn shown_key(key: &[u8]) -> String {
    let texts = key.strip_suffix(&[0xff]).unwrap_or(key);
    let joined: Vec<u8> = texts.iter().map(|&byte| if byte == 0xff { b'/' } else { byte }).collect();
    String::from_utf8(joined).unwrap_or_else(|_| key.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// An item that a worker has taken.
#[derive(Debug)]
pub(super) struct Running<I> {
    pub(super) job: Job<I>,
    pub(super) leash: Leash,
    since: Time,
}

/// A place for a worker's thread.
#[derive(Debug)]
enum Place<I> {
    Free,
    /// It looks for work, or waits for some.
    Idle,
    At(Running<I>),
    /// It was timed out, and has not come back.
    Lost,
}

/// Which worker is at what. Data only: it knows no thread and no clock.
#[derive(Debug)]
pub(super) struct Shifts<I> {
    ready: VecDeque<Job<I>>,
    /// What waits for an item of its key that is ready or runs.
    keys: HashMap<Arc<[u8]>, VecDeque<Job<I>>>,
    places: Vec<Place<I>>,
    workers: usize,
    threads: usize,
    lost: usize,
    busy: usize,
    behind_keys: usize,
}

/// How many workers are at what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) threads: usize,
    pub(super) busy: usize,
    pub(super) lost: usize,
    pub(super) waiting: usize,
}

impl<I> Shifts<I> {
    /// Makes those of a pool that has so many workers, and this many threads at most.
    pub(super) fn new(workers: usize, most: usize) -> Shifts<I> {
        Shifts {
            ready: VecDeque::new(),
            keys: HashMap::new(),
            places: (0..most).map(|_| Place::Free).collect(),
            workers,
            threads: 0,
            lost: 0,
            busy: 0,
            behind_keys: 0,
        }
    }

    /// Takes an item in; returns true when a worker can take it, and false when it waits for another of its key.
    pub(super) fn put(&mut self, job: Job<I>) -> bool {
        if let Some(key) = &job.key {
            if let Some(behind) = self.keys.get_mut(key) {
                behind.push_back(job);
                self.behind_keys += 1;
                return false;
            }
            self.keys.insert(Arc::clone(key), VecDeque::new());
        }
        self.ready.push_back(job);
        true
    }

    /// Returns how many items a worker could take.
    pub(super) fn ready(&self) -> usize {
        self.ready.len()
    }

    /// Finds a place for one more thread, if one may be made.
    pub(super) fn hire(&mut self) -> Option<usize> {
        let place = self.places.iter().position(|place| matches!(place, Place::Free))?;
        self.places[place] = Place::Idle;
        self.threads += 1;
        Some(place)
    }

    /// Gives the place of a thread free.
    pub(super) fn leave(&mut self, place: usize) {
        self.places[place] = Place::Free;
        self.threads -= 1;
    }

    /// Returns true when there are more workers than the pool has without its overflow. Those that are lost do not count: who took their
    /// place stays.
    pub(super) fn has_overflow(&self) -> bool {
        self.threads - self.lost > self.workers
    }

    /// Gives an idle worker the next item; `lend` makes the token that it gets, and the leash for it.
    pub(super) fn take(&mut self, place: usize, now: Time) -> Option<(Arc<I>, Token)> {
        let job = self.ready.pop_front()?;
        let (token, leash) = Leash::new(&job.token);
        let item = Arc::clone(&job.item);
        self.places[place] = Place::At(Running { job, leash, since: now });
        self.busy += 1;
        Some((item, token))
    }

    /// Takes note that a worker is done; returns what it was at, `None` when it was timed out meanwhile. Its key is to be released.
    pub(super) fn done(&mut self, place: usize) -> Option<Running<I>> {
        match std::mem::replace(&mut self.places[place], Place::Idle) {
            Place::At(running) => {
                self.busy -= 1;
                Some(running)
            }
            Place::Lost => {
                self.lost -= 1;
                None
            }
            Place::Free | Place::Idle => None,
        }
    }

    /// Lets the next item of a key run.
    pub(super) fn release(&mut self, key: &Arc<[u8]>) {
        match self.keys.get_mut(key).and_then(VecDeque::pop_front) {
            Some(next) => {
                self.behind_keys -= 1;
                self.ready.push_back(next);
            }
            None => {
                self.keys.remove(key);
            }
        }
    }

    /// Times out the workers that have been at an item for so long; returns what they were at, and when to look again: `None` when no
    /// worker is at anything.
    pub(super) fn expire(&mut self, now: Time, limit: Duration) -> (Vec<Running<I>>, Option<Time>) {
        let (mut expired, mut next) = (Vec::new(), None);
        for place in &mut self.places {
            let Place::At(running) = place else { continue };
            let due = running.since + limit;
            if due > now {
                next = Some(next.map_or(due, |next: Time| next.min(due)));
            } else if let Place::At(running) = std::mem::replace(place, Place::Lost) {
                expired.push(running);
            }
        }
        self.busy -= expired.len();
        self.lost += expired.len();
        expired.iter().filter_map(|running| running.job.key.as_ref()).for_each(|key| self.release(key));
        (expired, next)
    }

    /// Takes all that waits, and all that runs.
    pub(super) fn clear(&mut self) -> (Vec<Job<I>>, Vec<Running<I>>) {
        let behind = std::mem::take(&mut self.keys).into_values().flatten();
        let waiting = std::mem::take(&mut self.ready).into_iter().chain(behind).collect();
        self.behind_keys = 0;
        let mut running = Vec::new();
        for place in &mut self.places {
            if matches!(place, Place::At(_))
                && let Place::At(one) = std::mem::replace(place, Place::Lost)
            {
                running.push(one);
            }
        }
        self.busy -= running.len();
        self.lost += running.len();
        (waiting, running)
    }

    pub(super) fn look(&self) -> Look {
        Look { threads: self.threads, busy: self.busy, lost: self.lost, waiting: self.ready.len() + self.behind_keys }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(number: u64, key: Option<&str>) -> Job<u64> {
        Job { item: Arc::new(number), number, token: Token::none(), key: key.map(|key| key.as_bytes().into()) }
    }

    fn at(seconds: i64) -> Time {
        Time::from_secs(seconds)
    }

    fn taken(shifts: &mut Shifts<u64>, place: usize, now: i64) -> Option<u64> {
        shifts.take(place, at(now)).map(|(item, _)| *item)
    }

    #[test]
    fn no_more_threads_are_made_than_there_may_be_lost_ones_included() {
        let mut shifts: Shifts<u64> = Shifts::new(1, 2);
        (0..4).for_each(|number| assert!(shifts.put(job(number, None))));
        let first = shifts.hire().unwrap();
        assert_eq!(taken(&mut shifts, first, 0), Some(0));
        let (expired, next) = shifts.expire(at(5), Duration::from_secs(5));
        assert_eq!((expired.len(), next), (1, None));
        let second = shifts.hire().unwrap();
        assert_eq!(taken(&mut shifts, second, 5), Some(1));
        assert_eq!(shifts.hire(), None);
        assert_eq!(shifts.look(), Look { threads: 2, busy: 1, lost: 1, waiting: 2 });
        assert!(!shifts.has_overflow(), "who took the place of a lost one stays");
        // The lost one comes back, and is one too many.
        assert!(shifts.done(first).is_none());
        assert!(shifts.has_overflow());
        shifts.leave(first);
        assert_eq!(shifts.look(), Look { threads: 1, busy: 1, lost: 0, waiting: 2 });
    }

    #[test]
    fn items_of_a_key_run_one_after_the_other() {
        let mut shifts: Shifts<u64> = Shifts::new(3, 3);
        let ready: Vec<bool> =
            [(0, "a"), (1, "a"), (2, "b"), (3, "a")].into_iter().map(|(number, key)| shifts.put(job(number, Some(key)))).collect();
        assert_eq!(ready, [true, false, true, false]);
        let places = [0; 3].map(|_| shifts.hire().unwrap());
        assert_eq!(taken(&mut shifts, places[0], 0), Some(0));
        assert_eq!(taken(&mut shifts, places[1], 0), Some(2));
        assert_eq!(taken(&mut shifts, places[2], 0), None);
        assert_eq!(shifts.look().waiting, 2);
        // Also when the first is timed out.
        assert_eq!(shifts.expire(at(5), Duration::from_secs(5)).0.len(), 2);
        assert_eq!(taken(&mut shifts, places[2], 5), Some(1));
        assert!(shifts.done(places[0]).is_none(), "its key was released already");
        assert_eq!(taken(&mut shifts, places[0], 5), None);
        for next in [Some(3), None] {
            let place = if next.is_some() { places[2] } else { places[0] };
            let key = shifts.done(place).unwrap().job.key.unwrap();
            shifts.release(&key);
            assert_eq!(taken(&mut shifts, places[0], 5), next);
        }
        assert!(shifts.keys.is_empty(), "keys are forgotten with their last item");
    }

    #[test]
    fn who_looks_for_those_that_take_too_long_is_told_when_the_next_one_will_have() {
        let mut shifts: Shifts<u64> = Shifts::new(2, 2);
        (0..2).for_each(|number| assert!(shifts.put(job(number, None))));
        for now in [0, 2] {
            let place = shifts.hire().unwrap();
            shifts.take(place, at(now)).unwrap();
        }
        let limit = Duration::from_secs(5);
        assert_eq!(shifts.expire(at(4), limit).1, Some(at(5)));
        let (expired, next) = shifts.expire(at(5), limit);
        assert_eq!((expired[0].job.number, next), (0, Some(at(7))));
    }
}
