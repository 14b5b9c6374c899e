//! Where items leave a chain and come back to it: what the engine and the stages `pool` and `map_async` know of one another.
//!
//! A boundary accepts items, has others work on them, and gets back what comes of it. What has come back waits until the chain takes it,
//! which runs on one thread at a time as ever. So whoever brings something back *wakes* the pipeline.

mod built;
mod stats;

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::runtime::Handle;

pub(crate) use self::built::{built, note};
pub use self::stats::{BoundaryState, BoundaryStats};
use crate::clock::Clock;
use crate::model::event::Event;
use crate::model::item::Item;
use crate::model::mishap::Mishap;

/// The pipeline that boundaries belong to, as they see it.
pub(crate) trait Host: Send + Sync {
    /// Has the chain take what has come back; whoever calls it holds no lock.
    fn wake(&self);

    /// Makes a dead letter.
    fn bury(&self, unrun: Unrun);
}

/// An item that came to nothing.
#[derive(Debug)]
pub(crate) struct Unrun {
    pub(crate) why: Mishap,
    /// The event; `None` for items of other types, and for large events.
    pub(crate) event: Option<Event>,
    /// The type of the item, as Rust names it.
    pub(crate) item: &'static str,
}

/// How many bytes of a dead event are kept; a larger one is not kept at all.
pub(crate) const KEPT: usize = 16 << 10;

/// Copies an item that is an event and not large, for a dead letter.
pub(crate) fn kept<I: Item>(item: I::View<'_>) -> Option<Event> {
    let event = I::as_event(item)?;
    let (record, data) = event.parts();
    (record.extent(data).len() <= KEPT).then(|| event.to_owned())
}

/// A boundary, whatever its items are.
pub(crate) trait Boundary: Any + Send + Sync {
    fn stats(&self) -> BoundaryStats;

    /// Gives up what is under way, and ends. Whoever wants to know what became of that is told that it is unfinished.
    fn close(&self);
}

/// The boundaries of the pipelines of one router that runs. Where there is none, under virtual time, everything runs on the spot.
#[derive(Clone)]
pub(crate) struct Outside(Arc<OfRouter>);

struct OfRouter {
    clock: Clock,
    handle: Handle,
    pipelines: Mutex<HashMap<String, Arc<Boundaries>>>,
}

impl Outside {
    pub(crate) fn new(clock: Clock, handle: Handle) -> Outside {
        Outside(Arc::new(OfRouter { clock, handle, pipelines: Mutex::default() }))
    }

    /// Returns the boundaries of a pipeline, those of the chain before when it is built again.
    pub(crate) fn of(&self, pipeline: &str) -> Arc<Boundaries> {
        let mut pipelines = self.lock();
        if let Some(known) = pipelines.get(pipeline) {
            return Arc::clone(known);
        }
        let made = Arc::new(Boundaries {
            pipeline: pipeline.to_owned(),
            clock: self.0.clock.clone(),
            handle: self.0.handle.clone(),
            host: OnceLock::new(),
            open: Mutex::default(),
            full: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
            came_back: AtomicBool::new(false),
            over: AtomicBool::new(false),
        });
        pipelines.insert(pipeline.to_owned(), Arc::clone(&made));
        made
    }

    /// Ends all boundaries.
    pub(crate) fn close(&self) {
        let all: Vec<Arc<Boundaries>> = self.lock().values().map(Arc::clone).collect();
        all.iter().for_each(|one| one.close());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Boundaries>>> {
        self.0.pipelines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The boundaries of one pipeline. They outlive its chain: a chain that is built again finds what its predecessor had under way.
pub(crate) struct Boundaries {
    pub(crate) pipeline: String,
    pub(crate) clock: Clock,
    pub(crate) handle: Handle,
    host: OnceLock<Box<dyn Host>>,
    /// In the order in which they stand in the chain.
    open: Mutex<Vec<Arc<dyn Boundary>>>,
    /// How many of them have no room.
    full: AtomicUsize,
    /// How many items they have accepted that the chain has not taken back.
    under_way: AtomicUsize,
    /// Something may have come back that the chain has not taken.
    came_back: AtomicBool,
    over: AtomicBool,
}

impl Boundaries {
    /// Says which pipeline it is.
    pub(crate) fn belong_to(&self, host: Box<dyn Host>) {
        let _ = self.host.set(host);
    }

    /// Returns the boundary at this place among those of the chain; makes it when the pipeline has none there yet.
    pub(crate) fn open<B: Boundary>(&self, place: usize, make: impl FnOnce() -> Arc<B>) -> Arc<B> {
        let mut open = self.lock();
        if let Some(known) = open.get(place) {
            let known: Arc<dyn Any + Send + Sync> = Arc::clone(known) as _;
            if let Ok(known) = known.downcast::<B>() {
                return known;
            }
        }
        let made = make();
        let other = (place < open.len()).then(|| open.remove(place));
        let end = open.len();
        open.insert(place.min(end), Arc::clone(&made) as _);
        drop(open);
        // A chain that becomes another when it is built again gives up what it does not go on with.
        if let Some(other) = other {
            other.close();
        }
        made
    }

    /// Has the chain take what has come back.
    pub(crate) fn wake(&self) {
        self.came_back.store(true, Ordering::SeqCst);
        if let Some(host) = self.host.get() {
            host.wake();
        }
    }

    /// Makes a dead letter.
    pub(crate) fn bury(&self, unrun: Unrun) {
        if let Some(host) = self.host.get() {
            host.bury(unrun);
        }
    }

    /// Says that not all of it was taken.
    pub(crate) fn not_all_taken(&self) {
        self.came_back.store(true, Ordering::SeqCst);
    }

    /// Returns true when something may have come back since the last call.
    pub(crate) fn take_came_back(&self) -> bool {
        self.came_back.load(Ordering::SeqCst) && self.came_back.swap(false, Ordering::SeqCst)
    }

    /// Returns true when something may have come back that the chain has not taken.
    pub(crate) fn has_come_back(&self) -> bool {
        self.came_back.load(Ordering::SeqCst)
    }

    /// Returns true when one of them has no room: nothing more may run in the chain but what comes back, and timers.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::SeqCst) > 0
    }

    /// Says that one of them has no room any more, or has some again.
    pub(crate) fn set_full(&self, is_full: bool) {
        if is_full {
            self.full.fetch_add(1, Ordering::SeqCst);
        } else {
            self.full.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Counts items that were accepted.
    pub(crate) fn accepted(&self, items: usize) {
        self.under_way.fetch_add(items, Ordering::SeqCst);
    }

    /// Counts items that were taken back, or given up.
    pub(crate) fn settled(&self, items: usize) {
        self.under_way.fetch_sub(items, Ordering::SeqCst);
    }

    /// Returns how many items they have accepted that the chain has not taken back.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::SeqCst)
    }

    pub(crate) fn stats(&self) -> Vec<BoundaryStats> {
        self.all().iter().map(|one| one.stats()).collect()
    }

    fn close(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.all().iter().for_each(|one| one.close());
    }

    /// Returns true once they were given up.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    fn all(&self) -> Vec<Arc<dyn Boundary>> {
        self.lock().iter().map(Arc::clone).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<dyn Boundary>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Boundaries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Boundaries({} under way)", self.under_way())
    }
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.lock().keys()).finish()
    }
}
