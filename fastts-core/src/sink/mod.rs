//! Sinks: bounded buffers that pipelines copy into, and what brings their content to the outside.
//!
//! | file | what it is |
//! |---|---|
//! | `registry` | the sinks of one running router |
//! | `lines` | a sink of lines of text |
//! | `recorder` | what taps and sinks write down while a test runs |

mod lines;
pub(crate) mod recorder;
mod registry;

pub(crate) use lines::include_stdout;
pub use lines::{Lines, flush_stdout, mute_stdout, record, stdout_gone, stdout_lost};
pub use registry::{Sink, Sinks};
