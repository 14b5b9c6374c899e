//! Calls of a pipeline, whoever runs it: what a caller may say, and what keeps a reply from coming.

use std::any::type_name;
use std::fmt;
use std::time::Duration;

use crate::engine::router::Pipeline;
use crate::model::item::Item;
use crate::model::panics::Panic;
use crate::model::reply::{Failure, NoReply};
use crate::model::token::Outcome;

/// What a caller may say of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long it waits for the reply; as long as the pipeline's `#[calls(…)]` says when nothing else is said, and that is five seconds
    /// unless it says otherwise.
    pub timeout: Option<Duration>,
}

impl CallOptions {
    /// Returns the default options.
    pub fn new() -> CallOptions {
        CallOptions::default()
    }

    /// Sets how long the call waits for the reply.
    pub fn timeout(self, timeout: Duration) -> CallOptions {
        CallOptions { timeout: Some(timeout) }
    }
}

/// Why a call has no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallError {
    /// The router has no pipeline of this name.
    NoSuchPipeline {
        /// The name.
        pipeline: String,
    },
    /// The pipeline replies to nobody: it is written without `-> Reply`.
    NoReply {
        /// The pipeline's name.
        pipeline: &'static str,
    },
    /// The pipeline takes items of another type.
    OtherRequest {
        /// The pipeline's name.
        pipeline: &'static str,
        /// The type that it takes, as Rust names it.
        wanted: &'static str,
        /// The type of the request, as Rust names it.
        request: &'static str,
    },
    /// The pipeline replies with items of another type.
    OtherReply {
        /// The pipeline's name.
        pipeline: &'static str,
        /// The type that it replies with, as Rust names it.
        replies: &'static str,
        /// The type that was asked for, as Rust names it.
        wanted: &'static str,
    },
    /// The reply did not come in time. The pipeline goes on with the request, and what it replies then goes nowhere.
    Timeout(Duration),
    /// A stage panicked on the request, which is a dead letter now.
    Panicked(Panic),
    /// Nothing came out of the pipeline: a stage filtered the request.
    Filtered,
    /// The pipeline did not run the request: it is stopped, its mailbox dropped the request, or the router ended.
    Rejected(Outcome),
    /// So many calls are under way, or so many items wait in the mailbox or for a pool, that this one was not even begun.
    Overloaded,
    /// A worker of a pool, or a future of `map_async`, was not done in time.
    TimedOut,
    /// A breaker is open; its text says which.
    Blown(String),
    /// The program's own code in the pipeline returned an error, which this tells.
    Failed(String),
}

impl CallError {
    /// Returns the error of a call that ended without a reply.
    pub(crate) fn of(why: NoReply) -> CallError {
        match why {
            NoReply::Failed(Failure::Panicked(panic)) => CallError::Panicked(panic),
            NoReply::Failed(Failure::TimedOut) => CallError::TimedOut,
            NoReply::Failed(Failure::Overloaded) => CallError::Overloaded,
            NoReply::Failed(Failure::Blown(breaker)) => CallError::Blown(breaker),
            NoReply::Failed(Failure::Failed(error)) => CallError::Failed(error),
            // That a sink gave something up keeps no reply from coming.
            NoReply::Ended(Outcome::Delivered | Outcome::Refused) => CallError::Filtered,
            NoReply::Ended(outcome) => CallError::Rejected(outcome),
        }
    }

    /// Fails unless a pipeline takes items of type `T` and replies with items of type `R`.
    pub(crate) fn unless_called<T: Item, R: Item>(pipeline: &Pipeline) -> Result<(), CallError> {
        let name = pipeline.name();
        let Some(replies) = pipeline.reply() else { return Err(CallError::NoReply { pipeline: name }) };
        if !pipeline.takes::<T>() {
            return Err(CallError::OtherRequest { pipeline: name, wanted: pipeline.item(), request: type_name::<T>() });
        }
        if !pipeline.replies_with::<R>() {
            return Err(CallError::OtherReply { pipeline: name, replies, wanted: type_name::<R>() });
        }
        Ok(())
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::NoSuchPipeline { pipeline } => write!(f, "the router has no pipeline {pipeline:?}"),
            CallError::NoReply { pipeline } => {
                write!(f, "pipeline {pipeline:?} does not reply; write `pipeline {pipeline:?}: Request -> Reply {{ … }}`, or use `cast`")
            }
            CallError::OtherRequest { pipeline, wanted, request } => {
                write!(f, "pipeline {pipeline:?} takes `{wanted}`, and not `{request}`")
            }
            CallError::OtherReply { pipeline, replies, wanted } => {
                write!(f, "pipeline {pipeline:?} replies with `{replies}`, and not with `{wanted}`")
            }
            CallError::Timeout(limit) => write!(f, "no reply came within {limit:?}"),
            CallError::Panicked(panic) => write!(f, "a stage panicked on the request: {panic}"),
            CallError::Filtered => f.write_str("nothing came out of the pipeline for the request"),
            CallError::Rejected(Outcome::Stopped) => f.write_str("the pipeline is stopped"),
            CallError::Rejected(Outcome::Dropped) => f.write_str("the mailbox of the pipeline was full, and dropped the request"),
            CallError::Rejected(_) => f.write_str("the router is shutting down, call again later"),
            CallError::Overloaded => f.write_str("too many calls are under way, call again later"),
            CallError::TimedOut => Failure::TimedOut.fmt(f),
            CallError::Blown(breaker) => write!(f, "a breaker is open: {breaker}"),
            CallError::Failed(error) => f.write_str(error),
        }
    }
}

impl std::error::Error for CallError {}

/// Why a cast was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CastError {
    /// The router has no pipeline of this name.
    NoSuchPipeline {
        /// The name.
        pipeline: String,
    },
    /// The pipeline takes items of another type.
    OtherType {
        /// The pipeline's name.
        pipeline: &'static str,
        /// The type that it takes, as Rust names it.
        wanted: &'static str,
        /// The type of the item, as Rust names it.
        item: &'static str,
    },
    /// The pipeline does not take it: it is stopped, its mailbox dropped it, or the router ended.
    Rejected(Outcome),
    /// The mailbox is full.
    Overloaded,
}

impl fmt::Display for CastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CastError::NoSuchPipeline { pipeline } => write!(f, "the router has no pipeline {pipeline:?}"),
            CastError::OtherType { pipeline, wanted, item } => write!(f, "pipeline {pipeline:?} takes `{wanted}`, and not `{item}`"),
            CastError::Rejected(Outcome::Stopped) => f.write_str("the pipeline is stopped"),
            CastError::Rejected(Outcome::Dropped) => f.write_str("the mailbox of the pipeline was full, and dropped the item"),
            CastError::Rejected(_) => f.write_str("the router is shutting down, send it again later"),
            CastError::Overloaded => f.write_str("the mailbox of the pipeline is full, send it again later"),
        }
    }
}

impl std::error::Error for CastError {}
