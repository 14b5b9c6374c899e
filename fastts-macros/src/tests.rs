//! Tests of the phases: what is said and where, and what is written.

mod expansions;
mod harness;
