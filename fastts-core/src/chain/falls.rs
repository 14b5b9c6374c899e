//! Where a stage tells of a panic that it has survived itself.

use std::any::type_name;
use std::fmt;
use std::sync::Arc;

use crate::chain::boundaries::kept;
use crate::chain::services::Services;
use crate::model::event::Event;
use crate::model::item::Item;
use crate::model::panics::Panic;

/// A panic that cost less than a pipeline: the block of one key, or one item of a pool that runs on the spot.
#[derive(Clone, Debug)]
pub(crate) struct Fallen {
    pub(crate) pipeline: &'static str,
    pub(crate) panic: Panic,
    /// The event that did it; `None` for a timer, for items of other types, and for an event that is too large to be kept.
    pub(crate) event: Option<Event>,
    /// The type of the item, as Rust names it; `None` for a timer.
    pub(crate) item: Option<&'static str>,
}

/// Takes what stages tell; nobody listens unless somebody says so.
#[derive(Clone, Default)]
pub(crate) struct Falls(Option<Arc<dyn Fn(Fallen) + Send + Sync>>);

impl Fallen {
    /// Describes a panic at an item.
    pub(crate) fn at<I: Item>(item: I::View<'_>, panic: Panic, services: &Services) -> Fallen {
        Fallen { pipeline: services.pipeline, panic, event: kept::<I>(item), item: Some(type_name::<I>()) }
    }
}

impl Falls {
    /// Has a function called with each.
    pub(crate) fn to(take: impl Fn(Fallen) + Send + Sync + 'static) -> Falls {
        Falls(Some(Arc::new(take)))
    }

    /// Tells of one.
    pub(crate) fn tell(&self, fallen: Fallen) {
        if let Some(take) = &self.0 {
            take(fallen);
        }
    }
}

impl fmt::Debug for Falls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Falls")
    }
}
