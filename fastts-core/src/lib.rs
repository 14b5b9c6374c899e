//! The engine of FastTS: typed, fused, supervised event pipelines.
#![deny(unsafe_code)]

extern crate self as fastts_core;

mod arguments;
mod chain;
mod delivery;
mod dispatch;
pub mod event;
mod flow;
pub mod folds;
mod gate;
mod graph;
pub mod index;
mod item;
mod json;
mod key;
mod metric;
mod predicate;
mod prefetch;
pub mod query;
mod replay;
mod router;
pub mod runtime;
pub mod sink;
mod stage;
pub mod stages;
mod surroundings;
pub mod testing;
mod time;
mod topics;
mod watch;
mod window;

pub use arguments::{Count, Interval, Threshold};
pub use dispatch::{Head, TextTest};
pub use event::{Batch, Event, EventView};
#[doc(inline)]
pub use fastts_macros::Item;
pub use flow::{Flow, Pipe};
pub use graph::StageInfo;
pub use index::Index;
pub use item::{HasFields, IsEvent, Item};
pub use json::ToJson;
pub use key::{Key, KeyOf, KeyPart, WritesKey};
pub use metric::Metric;
pub use replay::{Journey, Replay, ReplayPanic};
pub use router::{Overflow, Pipeline, Policy, Router, Run};
pub use runtime::Running;
pub use stage::{Context, Discard, Emit, Link, Stage, Start, Then};
pub use surroundings::Surroundings;
pub use time::Time;
pub use topics::{CarriedLike, PublishedAs, Subscription, Topic, TopicError, TopicStats, Whatever};
pub use watch::{Outline, Step};
pub use window::{IsWindow, Window};

/// Defines a router: the function `router()`, or the one that `pub fn NAME;` names, which builds its pipelines.
///
/// ```
/// use fastts_core::prelude::*;
///
/// router! {
///     /// Drops what is too high, tags the rest.
///     pipeline "Basic pipeline" {
///         under(12);
///         tag("low")
///     }
/// }
///
/// assert_eq!(router().pipelines()[0].description(), "Drops what is too high, tags the rest.");
/// ```
#[macro_export]
macro_rules! router {
    ($($tokens:tt)*) => { $crate::__private::router_impl! { $crate $($tokens)* } };
}

/// Fences in what is no Rust: rustc says what is wrong with it, and nothing about what it makes of the rest.
#[doc(hidden)]
#[macro_export]
macro_rules! __fastts_unparsed {
    ($expression:expr) => {
        $expression
    };
}

/// Makes an event: `event! { host: "a", service: "b", metric: 12, tags: ["x"] }`.
///
/// The fields are those of an [`Event`], each with what its setter takes; attributes are written in quotes.
///
/// ```
/// use fastts_core::event;
///
/// let event = event! { host: "web1", metric: 0.5, ttl: 60, tags: ["prod"], "region": "eu" };
/// assert_eq!(event.host(), Some("web1"));
/// assert_eq!(event.attribute("region"), Some("eu"));
/// ```
#[macro_export]
macro_rules! event {
    ($($fields:tt)*) => {{
        #[allow(unused_mut)]
        let mut event = $crate::Event::new();
        $crate::__set_fields!(event $($fields)*);
        event
    }};
}

/// One field after the other, so that what is no field is a mistake of its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __set_fields {
    ($event:ident) => {};
    ($event:ident attributes : { $($attribute:tt)* } $(, $($rest:tt)*)?) => {
        compile_error!("attributes are written one by one, each in quotes: `event! { host: \"a\", \"region\": \"eu\" }`")
    };
    ($event:ident $field:tt : $value:expr $(, $($rest:tt)*)?) => {
        $crate::__set_field!($event $field $value);
        $crate::__set_fields!($event $($($rest)*)?);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __set_field {
    ($event:ident host $value:expr) => {
        $event.set_host($value)
    };
    ($event:ident service $value:expr) => {
        $event.set_service($value)
    };
    ($event:ident state $value:expr) => {
        $event.set_state($value)
    };
    ($event:ident description $value:expr) => {
        $event.set_description($value)
    };
    ($event:ident metric $value:expr) => {
        $event.set_metric($value)
    };
    ($event:ident time $value:expr) => {
        $event.set_time($value)
    };
    ($event:ident ttl $value:expr) => {
        $event.set_ttl($value)
    };
    ($event:ident tags $value:expr) => {
        $event.set_tags($value)
    };
    ($event:ident $attribute:literal $value:expr) => {
        $event.set_attribute($attribute, $value)
    };
    // rustc says that an event has no such field, right where it stands
    ($event:ident $other:ident $value:expr) => {
        $event.$other = $value
    };
}

/// What a file with a router in it wants to see.
pub mod prelude {
    pub use std::time::Duration;

    pub use crate::{Event, EventView, Flow, Item, Metric, Router, Time, Window};
    pub use crate::{event, folds, router};
}

/// What expansions of `router!` and `derive(Item)` name; not for anybody else.
#[doc(hidden)]
pub mod __private {
    pub use fastts_macros::{builtin_stages, router_impl};

    pub use crate::__fastts_unparsed as unparsed;

    pub use crate::chain::{Sealed, seal};
    pub use crate::dispatch::{Head, TextTest};
    pub use crate::event::Event;
    pub use crate::event::change::{self, Missing};
    pub use crate::flow::Pipe;
    pub use crate::gate::{Known, NoFlow, NotShared, Returned, Value};
    pub use crate::item::Item;
    pub use crate::predicate::{
        Pattern, add, contains, div, ends_with, eq, ge, gt, is_match, is_missing, le, lt, mul, ne, rem, starts_with, sub, truth,
    };
    pub use crate::router::{Builder, Info, Overflow, Policy, Run};
    pub use crate::stages;
    pub use crate::stages::types::field;
    pub use crate::topics::{Topic, Whatever, carries_the_same};

    /// Goes on with a pipeline: what a `tap` is in a release build.
    pub fn untapped<F: crate::Flow>(flow: F) -> Pipe<F::In, crate::stage::Then<F::Stage, crate::stage::Start>> {
        flow.into_pipe().then(crate::stage::Start)
    }

    /// Begins a pipeline.
    pub fn start<I: Item>() -> Pipe<I, crate::stage::Start> {
        Pipe::start()
    }
}
