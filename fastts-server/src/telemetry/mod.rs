//! What the server counts about itself.
//!
//! Every listener has a [`Meter`], which it tells of each read rather than of each event; `/metrics`, `/stats` and the
//! self-metrics look at the meters, and at the pipelines, when they are asked to.

mod histogram;
mod inside;
mod meter;
#[cfg(feature = "http")]
mod prometheus;
mod report;
pub(crate) mod stats;

pub use histogram::{Histogram, Snapshot};
pub use inside::Inside;
pub use meter::{Meter, Open, Reading, Work};
#[cfg(feature = "http")]
pub(crate) use prometheus::{Form, exposition};
pub(crate) use report::SelfMetrics;
