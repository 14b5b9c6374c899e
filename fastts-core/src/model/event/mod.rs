//! Events: how they lie in memory, how stages see them, how they are changed without copying.

mod assign;
mod attributes;
mod batch;
mod builder;
pub mod change;
mod decode;
mod encode;
mod json;
mod number;
mod owned;
mod patch;
mod record;
mod tag_set;
mod tags;
#[cfg(test)]
mod tests;
mod text;
mod view;
mod wire;

pub use attributes::Attributes;
pub use batch::Batch;
pub use builder::BatchBuilder;
pub use change::{Change, IntoMetric, IntoSeconds, IntoText, IntoTime, Missing, TagList};
pub use decode::{DecodeError, Message};
pub use encode::{Envelope, encode_event, encode_message};
pub use json::{JsonError, write_json};
pub use owned::Event;
pub(crate) use record::Field;
pub(crate) use tag_set::TagSet;
pub use tags::Tags;
pub use view::EventView;
