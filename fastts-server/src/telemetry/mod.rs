//! What the server counts about itself.
//!
//! Every listener has a [`Meter`], which it tells of each read rather than of each event; `/metrics`, `/stats` and the
//! self-metrics look at the meters when they are asked to.

mod histogram;
mod meter;

pub use histogram::{Histogram, Snapshot};
pub use meter::{Meter, Open, Reading, Work};
