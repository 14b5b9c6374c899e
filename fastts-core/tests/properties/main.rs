//! What holds for all events and all pipelines: the engine against a naive interpreter, and against itself.
//!
//! `model` is the interpreter: functions over lists of timed events that know nothing of the engine. `steps` are pipelines as
//! data, which both can run; `fused` are pipelines that `router!` wrote, with the steps that they mean. `laws` are checked on
//! every stage there is.

mod engine;
mod erased;
mod every;
mod fused;
mod generate;
mod heads;
mod index;
mod laws;
mod model;
mod promises;
mod queries;
mod steps;
mod streams;
mod topics;
mod windows;
