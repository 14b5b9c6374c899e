//! What can go wrong between a program and its run-time.

use std::fmt;

use crate::model::panics::Panic;
use crate::topics::TopicError;

/// Why a router did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartError {
    /// A constructor of a stage panicked.
    Panicked {
        /// The pipeline's name.
        pipeline: &'static str,
        /// What the panic said, and where.
        panic: Panic,
    },
    /// There is no tokio run-time here.
    NoTokio,
    /// What the pipelines publish and subscribe to does not fit together.
    Topics(TopicError),
    /// What the router takes from its surroundings is missing, or is no such value.
    Settings(Vec<String>),
}

impl From<TopicError> for StartError {
    fn from(error: TopicError) -> StartError {
        StartError::Topics(error)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Panicked { pipeline, panic } => write!(f, "pipeline {pipeline:?} cannot be built: {panic}"),
            StartError::Topics(error) => error.fmt(f),
            StartError::Settings(problems) => write!(f, "the router cannot be built: {}", problems.join("; ")),
            StartError::NoTokio => {
                f.write_str("a router runs inside a tokio run-time, and there is none here; start it in an async fn main")
            }
        }
    }
}

impl std::error::Error for StartError {}

/// The run-time is shutting down and accepts nothing any more.
///
/// What was offered may have been accepted by some pipelines and not by others: whoever sent it should send it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draining;

impl fmt::Display for Draining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the router is shutting down, send it again later")
    }
}

impl std::error::Error for Draining {}

/// Why [`Running::send`](crate::Running::send) failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// No pipeline takes items of this type.
    NoSuchPipeline {
        /// The type, as Rust names it.
        item: &'static str,
    },
    /// A pipeline that subscribes to the topic takes items of another type.
    OtherType {
        /// The topic.
        topic: String,
        /// The type that it takes, as Rust names it.
        wanted: &'static str,
        /// The type that was published.
        item: &'static str,
    },
    /// There is no group of this name for a source to be in.
    NoSuchGroup {
        /// The name.
        group: String,
    },
    /// The run-time is shutting down.
    Draining,
}

impl From<Draining> for SendError {
    fn from(_: Draining) -> SendError {
        SendError::Draining
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SendError::NoSuchPipeline { item } => write!(f, "no pipeline takes `{item}`; write `pipeline \"…\": {item} {{ … }}` for one"),
            SendError::OtherType { topic, wanted, item } => {
                write!(f, "topic {topic:?} carries `{wanted}`, for a pipeline that subscribes to it, and not `{item}`")
            }
            SendError::NoSuchGroup { group } => write!(f, "the router has no group {group:?}; write `group {group:?} {{ … }}` for one"),
            SendError::Draining => Draining.fmt(f),
        }
    }
}

impl std::error::Error for SendError {}
