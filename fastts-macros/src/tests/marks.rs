//! What is said about mistakes, and where, a file for each part of the language.

mod arguments;
mod blocks;
mod boundaries;
mod calls;
mod conditions;
mod forms;
mod fragments;
mod groups;
mod lints;
mod policies;
mod router;
mod settings;
mod sinks;
mod templates;
mod topics;
