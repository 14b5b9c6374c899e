//! A cache or a storage that is left alone for a while when it does not answer.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use fastts_server::breaker::{Asked, Breaker, Breakers, Circuit};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::timeout;

use crate::cache::Cache;
use crate::chosen::Chosen;
use crate::failure::Failure;
use crate::storage::Storage;

/// How long the cache may take: whoever waits for it longer would have the original from the storage by then.
const CACHE: Duration = Duration::from_millis(500);

/// How long the storage may take. It is less than the pipeline gives it, so that the breaker hears of it.
const STORAGE: Duration = Duration::from_secs(4);

/// A cache or a storage with a time-out and a breaker.
///
/// The breaker belongs to the router, which shows it and lets it be switched off: the stage [`breakers`](crate::breakers::breakers)
/// gives it to this one when the pipeline starts.
pub struct Guarded<T: ?Sized> {
    name: &'static str,
    limit: Duration,
    guards: Chosen<T>,
    fuse: OnceLock<(Breakers, Arc<Circuit>)>,
}

impl<T: ?Sized> Guarded<T> {
    /// Takes the breaker of the router.
    pub fn open(&self, breakers: &Breakers) {
        let breaker = Breaker::melts(3).within(Duration::from_secs(10)).reset(Duration::from_secs(5)).probe();
        self.fuse.get_or_init(|| (breakers.clone(), breakers.open(self.name, breaker)));
    }

    /// Waits for an answer, unless there have been too many failures.
    async fn guard<A>(&self, answer: impl Future<Output = Result<A, Failure>>) -> Result<A, Failure> {
        let Some((breakers, circuit)) = self.fuse.get() else { return self.limited(answer).await };
        if let Asked::Blown(blown) = breakers.ask(self.name) {
            return Err(Failure::unavailable(blown));
        }
        let answer = self.limited(answer).await;
        match &answer {
            Err(Failure::Unavailable(reason)) => breakers.melt(self.name, Arc::clone(reason)),
            // It has answered.
            Ok(_) | Err(Failure::NotFound | Failure::NotAnImage(_)) => circuit.done(),
        }
        answer
    }

    async fn limited<A>(&self, answer: impl Future<Output = Result<A, Failure>>) -> Result<A, Failure> {
        let late = || Failure::unavailable(format_args!("the {} takes longer than {:?}", self.name, self.limit));
        timeout(self.limit, answer).await.unwrap_or_else(|_| Err(late()))
    }
}

impl Guarded<dyn Cache> {
    /// Guards a cache.
    pub fn cache(guards: Chosen<dyn Cache>) -> Arc<Guarded<dyn Cache>> {
        Arc::new(Guarded { name: "cache", limit: CACHE, guards, fuse: OnceLock::new() })
    }
}

impl Guarded<dyn Storage> {
    /// Guards a storage.
    pub fn storage(guards: Chosen<dyn Storage>) -> Arc<Guarded<dyn Storage>> {
        Arc::new(Guarded { name: "storage", limit: STORAGE, guards, fuse: OnceLock::new() })
    }
}

impl Cache for Guarded<dyn Cache> {
    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, Failure>> {
        self.guard(self.guards.read(id)).boxed()
    }

    fn write<'a>(&'a self, id: &'a str, original: Bytes) -> BoxFuture<'a, Result<(), Failure>> {
        self.guard(self.guards.write(id, original)).boxed()
    }
}

impl Storage for Guarded<dyn Storage> {
    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Bytes, Failure>> {
        self.guard(self.guards.read(id)).boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use fastts_server::Time;
    use fastts_server::runtime::ManualClock;
    use futures_util::future::pending;

    use super::*;

    /// A storage that has nothing, or does not answer.
    #[derive(Default)]
    struct Moody {
        is_silent: AtomicBool,
        asked: AtomicUsize,
    }

    impl Storage for Moody {
        fn read<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Bytes, Failure>> {
            async {
                self.asked.fetch_add(1, Ordering::Relaxed);
                if self.is_silent.load(Ordering::Relaxed) { pending().await } else { Err(Failure::NotFound) }
            }
            .boxed()
        }
    }

    fn is_unavailable(answer: &Result<Bytes, Failure>) -> bool {
        matches!(answer, Err(Failure::Unavailable(_)))
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_answer_is_left_alone_until_one_who_asks_gets_an_answer() {
        let (moody, clock) = (Arc::new(Moody::default()), ManualClock::new(Time::EPOCH));
        let guarded = Guarded::storage(Chosen::new(moody.clone()));
        guarded.open(&Breakers::new(clock.clock()));
        // That there is no such image is an answer.
        for _ in 0..10 {
            assert_eq!(guarded.read("a").await, Err(Failure::NotFound));
        }
        moody.is_silent.store(true, Ordering::Relaxed);
        for _ in 0..10 {
            assert!(is_unavailable(&guarded.read("a").await));
        }
        assert_eq!(moody.asked.swap(0, Ordering::Relaxed), 14, "four who wait in vain blow it");
        clock.advance(Duration::from_secs(5));
        for _ in 0..2 {
            assert!(is_unavailable(&guarded.read("a").await));
        }
        assert_eq!(moody.asked.swap(0, Ordering::Relaxed), 1, "one tries");
        clock.advance(Duration::from_secs(5));
        moody.is_silent.store(false, Ordering::Relaxed);
        for _ in 0..2 {
            assert_eq!(guarded.read("a").await, Err(Failure::NotFound));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_says_who_is_late() {
        let moody = Moody { is_silent: true.into(), ..Moody::default() };
        let late = Guarded::storage(Chosen::new(Arc::new(moody))).read("a").await;
        assert_eq!(late, Err(Failure::unavailable("the storage takes longer than 4s")));
    }
}
