//! The sinks of one running router.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Limit;

/// What brings items to the outside, and may hold some of them still when the router stops.
pub trait Sink: Any + Send + Sync {
    /// Brings out what it holds, for `limit` at most; returns what is left, in words such as `3 events for web2:5555`.
    fn flush(&self, limit: Duration) -> Option<String>;
}

/// The sinks of a running router, each under its name: a handle, whose copies are the same.
///
/// A stage gets its sink from [`Context::sinks`](crate::Context::sinks) when it starts. One of the same name that was there
/// already is the same: so the copies of a stage in `by` share one, and so do a chain and the one that takes its place after a
/// panic, which loses nothing of what the sink holds. A drain flushes all of them; they go with the router.
#[derive(Clone, Default)]
pub struct Sinks(Arc<Mutex<Vec<(String, Arc<dyn Sink>)>>>);

impl Sinks {
    /// Returns the sink of that name, which `make` makes when there is none.
    ///
    /// # Panics
    /// When there is one of another type.
    pub fn get<S: Sink>(&self, name: &str, make: impl FnOnce() -> S) -> Arc<S> {
        let mut sinks = self.lock();
        let known = sinks.iter().find(|(known, _)| known == name).map(|(_, sink)| Arc::clone(sink));
        let Some(known) = known else {
            let sink = Arc::new(make());
            sinks.push((name.to_owned(), Arc::clone(&sink) as Arc<dyn Sink>));
            return sink;
        };
        let known: Arc<dyn Any + Send + Sync> = known;
        known.downcast().unwrap_or_else(|_| panic!("there is another kind of sink that is called {name:?}"))
    }

    /// Flushes all of them, within `limit`; returns what is left.
    pub(crate) fn flush(&self, limit: Limit) -> Vec<String> {
        let sinks: Vec<_> = self.lock().iter().map(|(_, sink)| Arc::clone(sink)).collect();
        sinks.into_iter().filter_map(|sink| sink.flush(limit.left())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(String, Arc<dyn Sink>)>> {
        // What is made is put in when it is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Sinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.lock().iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Left(Option<&'static str>);

    impl Sink for Left {
        fn flush(&self, _limit: Duration) -> Option<String> {
            self.0.map(str::to_owned)
        }
    }

    #[test]
    fn a_sink_is_made_once_and_all_are_flushed() {
        let sinks = Sinks::default();
        let one = sinks.get("one", || Left(Some("3 events")));
        assert!(Arc::ptr_eq(&one, &sinks.get("one", || unreachable!("it is there"))));
        sinks.get("other", || Left(None));
        assert_eq!(sinks.clone().flush(Limit::after(Duration::ZERO)), ["3 events"]);
        assert_eq!(format!("{sinks:?}"), r#"{"one", "other"}"#);
    }
}
