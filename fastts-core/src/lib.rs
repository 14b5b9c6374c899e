//! The engine of FastTS: typed, fused, supervised event pipelines.
#![deny(unsafe_code)]

extern crate self as fastts_core;

mod arguments;
mod chain;
pub mod event;
mod flow;
pub mod folds;
mod graph;
mod item;
mod json;
mod key;
mod metric;
mod predicate;
mod prefetch;
mod replay;
mod router;
pub mod runtime;
pub mod sink;
mod stage;
pub mod stages;
pub mod testing;
mod time;
mod window;

pub use arguments::{Count, Interval, Threshold};
pub use event::{Batch, Event, EventView};
#[doc(inline)]
pub use fastts_macros::Item;
pub use flow::{Flow, Pipe};
pub use graph::StageInfo;
pub use item::{HasFields, IsEvent, Item};
pub use json::ToJson;
pub use key::{Key, KeyOf, KeyPart, WritesKey};
pub use metric::Metric;
pub use replay::{Replay, ReplayPanic};
pub use router::{Overflow, Pipeline, Policy, Router, Run};
pub use runtime::Running;
pub use stage::{Context, Discard, Emit, Link, Stage, Start, Then};
pub use time::Time;
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

/// What a file with a router in it wants to see.
pub mod prelude {
    pub use std::time::Duration;

    pub use crate::router;
    pub use crate::{Event, EventView, Flow, Item, Metric, Router, Time, Window};
}

/// What expansions of `router!` and `derive(Item)` name; not for anybody else.
#[doc(hidden)]
pub mod __private {
    pub use fastts_macros::{builtin_stages, router_impl, unparsed};

    pub use crate::chain::{Sealed, seal};
    pub use crate::event::Event;
    pub use crate::event::change::{self, Missing};
    pub use crate::flow::Pipe;
    pub use crate::item::Item;
    pub use crate::predicate::{
        Pattern, add, contains, div, ends_with, eq, ge, gt, is_match, is_missing, le, lt, mul, ne, rem, starts_with, sub, truth,
    };
    pub use crate::router::{Builder, Info, Overflow, Policy, Run};
    pub use crate::stages;
    pub use crate::stages::types::field;

    /// Begins a pipeline.
    pub fn start<I: Item>() -> Pipe<I, crate::stage::Start> {
        Pipe::start()
    }
}
