//! Events: how they lie in memory, how stages see them, how they are changed without copying.

mod attributes;
mod batch;
pub mod change;
mod owned;
mod record;
mod tags;
mod text;
mod view;
mod wire;

pub use attributes::Attributes;
pub use batch::Batch;
pub use change::{Change, IntoMetric, IntoSeconds, IntoText, IntoTime, Missing, TagList};
pub use owned::Event;
pub use tags::Tags;
pub use view::EventView;
