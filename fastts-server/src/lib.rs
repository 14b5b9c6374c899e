//! FastTS as a server: the Riemann protocol, sinks and the command line.
//!
//! A program is a router and a call of [`run`], which gives it its command line:
//!
//! ```no_run
//! use fastts_server::prelude::*;
//!
//! router! {
//!     /// Drops what is too high, prints the rest.
//!     pipeline "Basic pipeline" {
//!         under(12);
//!         stdout
//!     }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     fastts_server::run(router())
//! }
//! ```

extern crate self as fastts_server;

mod cli;
pub mod riemann;
pub mod sinks;
pub mod sources;
pub mod stages;
pub mod telemetry;
pub mod testing;

pub use cli::{IntoRouter, Server, run};
// The trait alone: the derive macro of the same name must be the one that names this crate.
#[doc(inline)]
pub use fastts_core::__private::Item;
pub use fastts_core::runtime::{Description, Intake, Lifetime, Refused, Source, SourceError, Stop};
pub use fastts_core::{
    Backlog, Batch, Context, Dump, Emit, Escape, Event, EventView, Failure, Flow, Key, MeterOptions, Meters, Metric, Outcome, Overflow,
    Pipe, Receipt, Replay, Router, Running, Runs, Secret, Setting, Stage, Subscription, TextBuffer, Then, Time, Token, Window,
};
pub use fastts_core::{breaker, event, folds, index, query, runtime, sink, sink_options};
#[doc(inline)]
pub use fastts_macros::ItemViaServer as Item;
pub use sinks::Tls;
#[cfg(feature = "email")]
pub use sinks::email::Security;
pub use sinks::file::Rotate;
pub use sinks::graphite::Carbon;
#[cfg(feature = "http-sinks")]
pub use sinks::http::pagerduty::Incident;
#[cfg(feature = "http-sinks")]
pub use sinks::http::post::{Encoding, Form};

/// Defines a router: the function `router()`, or the one that `pub fn NAME;` names, which builds its pipelines.
///
/// It is [`fastts_core::router!`] for programs that depend on this crate.
#[macro_export]
macro_rules! router {
    ($($tokens:tt)*) => { $crate::__private::router_impl! { $crate $($tokens)* } };
}

/// A sink where it is used; in the place of one whose feature is off there is the answer.
#[doc(hidden)]
#[macro_export]
macro_rules! __fastts_sink {
    (email $($rest:tt)*) => { $crate::__fastts_email!($($rest)*) };
    (http_post $($rest:tt)*) => { $crate::__fastts_http_sink!($($rest)*) };
    (slack $($rest:tt)*) => { $crate::__fastts_http_sink!($($rest)*) };
    (pagerduty $($rest:tt)*) => { $crate::__fastts_http_sink!($($rest)*) };
    (alertmanager $($rest:tt)*) => { $crate::__fastts_http_sink!($($rest)*) };
    (influxdb $($rest:tt)*) => { $crate::__fastts_http_sink!($($rest)*) };
    ($name:ident { $($answer:tt)* } $($call:tt)*) => { $($call)* };
}

/// A sink of the feature `email`.
#[cfg(feature = "email")]
#[doc(hidden)]
#[macro_export]
macro_rules! __fastts_email {
    ({ $($answer:tt)* } $($call:tt)*) => { $($call)* };
}

/// A sink of the feature `email`, which is off.
#[cfg(not(feature = "email"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __fastts_email {
    ({ $($answer:tt)* } $($call:tt)*) => { $($answer)* };
}

/// A sink of the feature `http-sinks`.
#[cfg(feature = "http-sinks")]
#[doc(hidden)]
#[macro_export]
macro_rules! __fastts_http_sink {
    ({ $($answer:tt)* } $($call:tt)*) => { $($call)* };
}

/// A sink of the feature `http-sinks`, which is off.
#[cfg(not(feature = "http-sinks"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __fastts_http_sink {
    ({ $($answer:tt)* } $($call:tt)*) => { $($answer)* };
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
    pub use fastts_core::__private::*;

    pub use crate::__fastts_sink as sink;
    pub use crate::stages;
}

/// Compiles and runs the examples of the README and the guide.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../docs/calls.md")]
    struct Calls;

    #[doc = include_str!("../../docs/meters.md")]
    struct Meters;

    #[doc = include_str!("../../docs/transports.md")]
    struct Transports;

    #[doc = include_str!("../../docs/topics.md")]
    struct Topics;

    #[doc = include_str!("../../docs/breakers.md")]
    struct Breakers;

    #[doc = include_str!("../../docs/supervision.md")]
    struct Supervision;

    #[doc = include_str!("../../docs/sinks.md")]
    struct Sinks;

    #[doc = include_str!("../../README.md")]
    struct Readme;

    #[doc = include_str!("../../docs/guide.md")]
    struct Guide;

    #[doc = include_str!("../../docs/from-riemann.md")]
    struct FromRiemann;
}
