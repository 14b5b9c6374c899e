//! Single flight: who wants what somebody else is fetching already waits for that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

/// What is being fetched, by key.
///
/// A flight lasts as long as anybody holds it: until then whoever comes gets what it has brought.
pub struct Flights<T: Clone> {
    flying: Arc<Mutex<Flying<T>>>,
}

type Flying<T> = HashMap<String, WeakShared<BoxFuture<'static, T>>>;

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    /// Makes one where nothing is fetched.
    pub fn new() -> Flights<T> {
        Flights { flying: Arc::default() }
    }

    /// Joins the flight of a key, or starts one.
    pub fn join<F: Future<Output = T> + Send + 'static>(&self, key: &str, start: impl FnOnce() -> F) -> Flight<T> {
        let mut flying = self.flying.lock().unwrap_or_else(PoisonError::into_inner);
        let others = flying.get(key).and_then(WeakShared::upgrade);
        let is_first = others.is_none();
        let future = others.unwrap_or_else(|| start().boxed().shared());
        if let Some(weak) = future.downgrade().filter(|_| is_first) {
            flying.insert(key.to_owned(), weak);
        }
        Flight { future, is_first, _seat: Seat { key: key.to_owned(), flying: Arc::clone(&self.flying) } }
    }

    /// Returns how many keys are being fetched.
    pub fn len(&self) -> usize {
        self.flying.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Returns whether nothing is being fetched.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Clone + Send + Sync + 'static> Default for Flights<T> {
    fn default() -> Flights<T> {
        Flights::new()
    }
}

impl<T: Clone> Clone for Flights<T> {
    fn clone(&self) -> Flights<T> {
        Flights { flying: Arc::clone(&self.flying) }
    }
}

/// What somebody waits for, alone or with others.
pub struct Flight<T: Clone + Send + Sync + 'static> {
    future: Shared<BoxFuture<'static, T>>,
    is_first: bool,
    // It comes after the future: the last one who leaves sees that nobody is left.
    _seat: Seat<T>,
}

impl<T: Clone + Send + Sync + 'static> Flight<T> {
    /// Returns whether it was this one that started the flight.
    pub fn is_first(&self) -> bool {
        self.is_first
    }

    /// Waits for what is fetched. Whoever stops waiting does not stop the others.
    pub async fn landed(&self) -> T {
        self.future.clone().await
    }
}

struct Seat<T: Clone + Send + Sync + 'static> {
    key: String,
    flying: Arc<Mutex<Flying<T>>>,
}

impl<T: Clone + Send + Sync + 'static> Drop for Seat<T> {
    fn drop(&mut self) {
        let mut flying = self.flying.lock().unwrap_or_else(PoisonError::into_inner);
        if flying.get(&self.key).is_some_and(|flight| flight.upgrade().is_none()) {
            flying.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::future::join_all;
    use tokio::time::{sleep, timeout};

    use super::*;

    /// Takes a second, counts, and returns how many have been fetched.
    async fn fetch(count: Arc<AtomicUsize>) -> usize {
        sleep(Duration::from_secs(1)).await;
        count.fetch_add(1, Ordering::Relaxed) + 1
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_who_want_the_same_fetch_it_once() {
        let (flights, count) = (Flights::new(), Arc::new(AtomicUsize::new(0)));
        let all: Vec<_> = (0..100).map(|_| flights.join("a", || fetch(Arc::clone(&count)))).collect();
        assert_eq!(all.iter().filter(|flight| flight.is_first()).count(), 1);
        assert_eq!(join_all(all.iter().map(Flight::landed)).await, [1; 100]);
        // As long as somebody holds it.
        assert_eq!(flights.join("a", || fetch(Arc::clone(&count))).landed().await, 1);
        drop(all);
        assert!(flights.is_empty());
        assert_eq!(flights.join("a", || fetch(Arc::clone(&count))).landed().await, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_does_not_stop_the_others() {
        let (flights, count) = (Flights::new(), Arc::new(AtomicUsize::new(0)));
        let [first, second] = [(), ()].map(|()| flights.join("a", || fetch(Arc::clone(&count))));
        let short = Duration::from_millis(500);
        let (gave_up, landed) = tokio::join!(async { timeout(short, first.landed()).await.is_err().then(|| drop(first)) }, second.landed());
        assert_eq!((gave_up, landed, flights.len()), (Some(()), 1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn different_keys_are_fetched_side_by_side() {
        let (flights, count) = (Flights::new(), Arc::new(AtomicUsize::new(0)));
        let start = tokio::time::Instant::now();
        let all: Vec<_> = ["a", "b", "c"].map(|key| flights.join(key, || fetch(Arc::clone(&count)))).into();
        join_all(all.iter().map(Flight::landed)).await;
        assert_eq!((count.load(Ordering::Relaxed), start.elapsed()), (3, Duration::from_secs(1)));
    }
}
