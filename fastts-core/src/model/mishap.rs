//! Why an item came to nothing that a pipeline had accepted.

use std::fmt;
use std::time::Duration;

use crate::model::panics::Panic;
use crate::model::reply::Failure;
use crate::model::token::Outcome;

/// Why an item did not come back from a `pool` or a `map_async`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// It took longer than that.
    TimedOut(Duration),
    /// The worker or the future panicked.
    Panicked(Panic),
    /// The future gave this error.
    Failed(String),
    /// A breaker was blown when it came, which this tells.
    Blown(String),
}

impl Mishap {
    /// Returns what is told to whoever wants to know what became of the item.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Mishap::TimedOut(_) => Outcome::TimedOut,
            Mishap::Panicked(_) => Outcome::Panicked,
            Mishap::Failed(_) => Outcome::Failed,
            Mishap::Blown(_) => Outcome::Blown,
        }
    }

    /// Returns what a call fails with.
    pub(crate) fn of_call(&self) -> Failure {
        match self {
            Mishap::TimedOut(_) => Failure::TimedOut,
            Mishap::Panicked(panic) => Failure::Panicked(panic.clone()),
            Mishap::Failed(error) => Failure::Failed(error.clone()),
            Mishap::Blown(breaker) => Failure::Blown(breaker.clone()),
        }
    }
}

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mishap::TimedOut(limit) => write!(f, "it took longer than {limit:?}"),
            Mishap::Panicked(panic) => write!(f, "a stage panicked: {panic}"),
            Mishap::Failed(text) | Mishap::Blown(text) => f.write_str(text),
        }
    }
}
