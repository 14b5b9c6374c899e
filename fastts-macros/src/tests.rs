//! Tests of the phases: what is said and where, and what is written.

mod durations;
mod editor;
mod expansions;
mod guard;
mod handed_in;
mod harness;
mod heads;
mod items;
mod marks;
mod numbers;
mod patterns;
mod repairs;
mod said;
mod words;
