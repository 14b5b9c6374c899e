//! FastTS as a server: the Riemann protocol, sinks and the command line.

mod destination;
mod rarely;
pub mod riemann;
pub mod sources;

pub use destination::{Destination, Refused};
