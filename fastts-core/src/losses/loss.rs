//! One thing that may be lost.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, Stamp};

/// After so long without a loss it has ended.
const QUIET: Duration = Duration::from_secs(10);

/// Counts what gets lost in one place, and tells when that begins and when it has ended.
#[derive(Debug)]
pub struct Loss {
    clock: Clock,
    kind: &'static str,
    place: Arc<str>,
    begins: String,
    ends: String,
    count: AtomicU64,
    /// Whether it was told that it has begun, and not that it has ended.
    lasts: AtomicBool,
    episode: Mutex<Episode>,
}

/// The time from the first loss to the last, as long as they follow one another.
#[derive(Debug, Default)]
struct Episode {
    begun: Stamp,
    /// The count before it.
    before: u64,
    /// The count when it was last looked at, and since when it is that.
    seen: u64,
    since: Stamp,
}

/// How much was lost of one kind at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LossStats {
    /// What is lost, such as `late`.
    pub kind: &'static str,
    /// Where, such as the name of a pipeline; may be empty.
    pub place: Arc<str>,
    /// How many.
    pub count: u64,
    /// Whether more was lost a moment ago.
    pub lasts: bool,
}

impl Loss {
    pub(super) fn new(clock: Clock, kind: &'static str, place: Arc<str>, begins: String, ends: String) -> Loss {
        let (count, lasts, episode) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::default());
        Loss { clock, kind, place, begins, ends, count, lasts, episode }
    }

    /// Counts what was lost.
    #[inline]
    pub fn add(&self, lost: u64) {
        self.add_of(lost, String::new);
    }

    /// Counts what was lost; `example` is asked for more words when the line is written that tells of it.
    #[inline]
    pub fn add_of(&self, lost: u64, example: impl FnOnce() -> String) {
        if lost == 0 {
            return;
        }
        let before = self.count.fetch_add(lost, Ordering::Relaxed);
        if !self.lasts.load(Ordering::Relaxed) {
            self.begin(before, &example());
        }
    }

    /// Returns how many were lost.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(super) fn is(&self, kind: &str, place: &str) -> bool {
        (self.kind, &*self.place) == (kind, place)
    }

    pub(super) fn stats(&self) -> LossStats {
        let (kind, place, lasts) = (self.kind, Arc::clone(&self.place), self.lasts.load(Ordering::Relaxed));
        LossStats { kind, place, count: self.count(), lasts }
    }

    #[cold]
    fn begin(&self, before: u64, example: &str) {
        let mut episode = self.episode();
        if self.lasts.swap(true, Ordering::SeqCst) {
            return;
        }
        let now = self.clock.stamp();
        *episode = Episode { begun: now, before, seen: before, since: now };
        drop(episode);
        let separator = if example.is_empty() { "" } else { ": " };
        tracing::warn!("{}{separator}{example}", self.begins);
    }

    /// Tells that it has ended when nothing was lost for long.
    pub(super) fn look(&self) {
        if !self.lasts.load(Ordering::Relaxed) {
            return;
        }
        let (mut episode, now, count) = (self.episode(), self.clock.stamp(), self.count());
        if count != episode.seen {
            (episode.seen, episode.since) = (count, now);
        } else if now.since(episode.since) >= QUIET.as_nanos() as u64 {
            self.lasts.store(false, Ordering::SeqCst);
            let (lost, took) = (count - episode.before, Duration::from_nanos(episode.since.since(episode.begun)));
            drop(episode);
            tracing::warn!("{}: {lost} in {took:.0?}", self.ends);
        }
    }

    fn episode(&self) -> MutexGuard<'_, Episode> {
        // Nothing in here can panic half-way.
        self.episode.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Losses;
    use super::*;
    use crate::clock::ManualClock;
    use crate::model::time::Time;

    #[test]
    fn an_episode_begins_with_the_first_loss_and_ends_after_ten_quiet_seconds() {
        let clock = ManualClock::new(Time::EPOCH);
        let losses = Losses::new(clock.clock());
        let loss = losses.open("late", "a pipeline", "it begins", "it has ended");
        let mut lasts = Vec::new();
        for (seconds, lost) in [(0, 0), (1, 2), (9, 0), (1, 1), (9, 0), (1, 0), (1, 0), (60, 0), (1, 1)] {
            clock.advance(Duration::from_secs(seconds));
            loss.add(lost);
            losses.look();
            lasts.push(loss.lasts.load(Ordering::Relaxed));
        }
        assert_eq!(lasts, [false, true, true, true, true, false, false, false, true]);
        assert_eq!(loss.count(), 4);
    }

    #[test]
    fn one_kind_at_one_place_is_one_counter_and_nothing_is_not_told() {
        let losses = Losses::default();
        for (place, lost) in [("a", 3), ("b", 0), ("a", 4)] {
            losses.open("late", place, "", "").add(lost);
        }
        let stats = losses.stats();
        assert_eq!((stats.len(), stats[0].count, &*stats[0].place), (1, 7, "a"));
    }
}
