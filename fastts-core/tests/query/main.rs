//! The query language: what matches, what is refused and how, where an index has to look.

mod access;
mod errors;
mod events;
mod limits;
mod matching;
mod page;
mod reading;
