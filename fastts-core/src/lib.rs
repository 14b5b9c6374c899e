//! The engine of FastTS: typed, fused, supervised event pipelines.
#![deny(unsafe_code)]

pub mod event;
mod item;
mod metric;
mod time;

pub use event::{Batch, Event, EventView};
pub use item::{HasFields, IsEvent, Item, Window};
pub use metric::Metric;
pub use time::Time;
