//! Sinks: bounded queues that pipelines copy into, and what brings their content to the outside.
//!
//! | file | what it is |
//! |---|---|
//! | `registry` | the sinks of one router |
//! | `transport` | what one integration has to say |
//! | `options` | the options of every sink |
//! | `worker` | a sink, as its stages hold it |
//! | `shared`, `lane` | what stages and lanes share, and what a lane does |
//! | `queue`, `records` | what waits, and what is on its way |
//! | `pace` | how much is delivered in a time |
//! | `letters/` | what was given up, in memory and on the disk |
//! | `lines` | lines of text into a file or a pipe |
//! | `recording` | what sinks are given while a test runs |
//! | `stats` | what a sink has done |

mod lane;
mod letters;
mod lines;
mod options;
mod pace;
mod queue;
mod recording;
mod records;
mod registry;
mod shared;
mod stats;
#[cfg(test)]
mod tests;
mod transport;
mod worker;

pub use letters::{Content, Folder, FolderOptions, Letter};
pub use lines::Lines;
pub use options::Options;
pub use records::Records;
pub use registry::Sinks;
pub use stats::SinkStats;
pub use transport::{Again, Reason, Report, Transport};
pub use worker::Worker;
