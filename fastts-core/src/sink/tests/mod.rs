//! Sinks whose transport does what a test says, under a clock that the test moves.

mod delivery;
mod kit;
mod lines;
mod losses;
mod queueing;
