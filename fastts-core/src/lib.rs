//! The engine of FastTS: typed, fused, supervised event pipelines.
#![deny(unsafe_code)]

extern crate self as fastts_core;

pub mod breaker;
mod chain;
mod clock;
mod dispatch;
mod engine;
pub mod folds;
pub mod index;
mod losses;
mod meters;
mod model;
pub mod query;
pub mod sink;
pub mod stages;
pub mod testing;
mod topics;

pub use chain::context::Context;
pub use chain::flow::{Flow, Pipe};
pub use chain::services::Services;
pub use chain::stage::{Discard, Emit, Stage};
pub use chain::then::{Start, Then};
pub use chain::watch::{Outline, Step};
#[doc(hidden)]
pub use chain::wiring::Wiring;
pub use dispatch::{Head, TextTest};
pub use engine::graph::{Place, Read, Silence, StageInfo, Topology, Written};
pub use engine::groups::policy::{Group, GroupPolicy, Member, Strategy};
pub use engine::live::Running;
pub use engine::partition::Partition;
pub use engine::replay::{Journey, Replay, ReplayPanic};
pub use engine::router::{Pipeline, Policy, Router, Run};
pub use engine::settings::Setting;
#[doc(inline)]
pub use fastts_macros::Item;
pub use index::Index;
pub use meters::{Dump, MeterOptions, Meters, NoMeter, Total};
pub use model::arguments::{Count, Interval, Threshold};
pub use model::escape::Escape;
pub use model::event;
pub use model::event::{Batch, Event, EventView};
pub use model::item::{HasFields, IsEvent, Item};
pub use model::json::ToJson;
pub use model::key::{Key, KeyOf, KeyPart, WritesKey};
pub use model::metric::Metric;
pub use model::overflow::Overflow;
pub use model::reply::Failure;
pub use model::runs::Runs;
pub use model::secret::Secret;
pub use model::template::{Show, TextBuffer};
pub use model::time::Time;
pub use model::token::{Outcome, Receipt, Token};
pub use model::window::{IsWindow, Window};
pub use topics::{Backlog, Carried, CarriedLike, Published, PublishedAs, Subscription, Topic, TopicError, TopicStats, Whatever};

/// The run-time: hands batches to pipelines, restarts those that panic, and stops them all in good order.
///
/// What it promises is in `docs/runtime.md`.
pub mod runtime {
    pub use crate::clock::{Clock, ManualClock, Rarely, background_threads, blocking, yield_to_others};
    pub use crate::engine::call::{CallError, CallOptions, CastError};
    pub use crate::engine::error::{Draining, SendError, StartError};
    pub use crate::engine::groups::policy::{Lifetime, OnStop};
    pub use crate::engine::live::*;
    pub use crate::engine::source::{Description, Refused, Source, SourceError, Stop};
    pub use crate::losses::{Loss, LossStats, Losses};
    pub use crate::model::panics::Panic;
}

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

/// A sink of `fastts-server`, which a router of this crate does not have: the answer stands in its place.
#[doc(hidden)]
#[macro_export]
macro_rules! __fastts_absent_sink {
    ($name:ident { $($answer:tt)* } $($call:tt)*) => {
        $($answer)*
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

    pub use crate::breaker::Breaker;
    pub use crate::{Event, EventView, Flow, Item, Metric, Router, Time, Window};
    pub use crate::{event, folds, router};
}

/// What expansions of `router!` and `derive(Item)` name; not for anybody else.
#[doc(hidden)]
pub mod __private {
    pub use fastts_macros::{builtin_sinks, builtin_stages, router_impl, router_of_words};

    pub use crate::__fastts_absent_sink as sink;
    pub use crate::__fastts_unparsed as unparsed;

    pub use crate::chain::flow::Pipe;
    pub use crate::chain::gate::{Marked, NoFlow, NotShared, Returned, Value};
    pub use crate::chain::machine::{Sealed, seal, seal_call};
    pub use crate::chain::replies::{Answered, Unanswered};
    pub use crate::dispatch::{Head, TextTest};
    pub use crate::engine::groups::policy::{GroupPolicy, OnStop, Strategy};
    pub use crate::engine::router::{Builder, Info, Policy, Run};
    pub use crate::engine::settings;
    pub use crate::folds::point;
    pub use crate::model::event::change::{self, Missing};
    pub use crate::model::event::{Event, EventView};
    pub use crate::model::item::Item;
    pub use crate::model::json::{Told, Untold};
    pub use crate::model::overflow::Overflow;
    pub use crate::model::predicate::{
        Pattern, add, contains, div, ends_with, eq, ge, gt, is_match, is_missing, le, lt, mul, ne, rem, starts_with, sub, truth,
    };
    pub use crate::model::template::{Align, Format, TextBuffer};
    pub use crate::stages;
    pub use crate::stages::types::Order as order;
    pub use crate::stages::types::{field, level};
    pub use crate::topics::{Topic, Whatever, carries_the_same};

    /// Goes on with a pipeline: what a `tap` is in a release build.
    pub fn untapped<F: crate::Flow>(flow: F) -> Pipe<F::In, crate::chain::then::Then<F::Stage, crate::chain::then::Start>> {
        flow.into_pipe().then(crate::chain::then::Start)
    }

    /// Notes that the first written stage of a block comes now, whatever the function that got the block has put before it.
    pub fn begun<I, S>(flow: Pipe<I, S>) -> Pipe<I, S> {
        flow.begun()
    }

    /// Begins a pipeline.
    pub fn start<I: Item>() -> Pipe<I, crate::chain::then::Start> {
        Pipe::start()
    }
}
