#![doc = include_str!("../README.md")]
//!
//! # Where to read on
//!
//! | module | what |
//! |---|---|
//! | `journal` | [`Journal`]: opens a directory, takes records, and has two threads |
//! | `threads` | the two threads: one writes, one keeps order |
//! | `waiting` | [`Durable`] and [`Room`], to be awaited or waited for |
//! | `reader`, `cursor` | reading back, and how far consumers are |
//! | `status` | [`Status`]: sizes, limits and cursors at this moment |
//! | `inspect` | lists, dumps, verifies and trims a directory without a journal that is open |
//! | `report` | [`Report`]: what was found when the journal was opened |
//! | `options`, `error`, `number` | what a journal is given, what it says, and what counts its records |
//! | `log` | the journal without threads, each step by itself |
//! | `format` | what the bytes on the disk mean |
//! | `disk` | what is asked of a disk, a real one and a simulated one |
//! | `mutants` | ways to do it wrong, for tests that are to notice |

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod cursor;
pub mod disk;
mod error;
mod format;
pub mod inspect;
mod journal;
#[cfg(test)]
mod lives;
mod log;
mod mutants;
mod number;
mod options;
mod reader;
mod report;
mod status;
mod threads;
mod waiting;

pub use cursor::Cursor;
pub use error::{AppendError, CursorError, DiskError, OpenError, ReadError, Shortage, Stopped};
pub use journal::Journal;
pub use log::{Start, Trimmed};
pub use number::Lsn;
pub use options::Options;
pub use reader::{Entry, Reader};
pub use report::{Finding, Report, Severity};
pub use status::{CursorStatus, Status};
pub use waiting::{Durable, Room};
