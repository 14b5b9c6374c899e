//! Why an item came to nothing that a pipeline had accepted.

use std::fmt;
use std::time::Duration;

use crate::model::panics::Panic;
use crate::model::token::Outcome;

/// Why an item did not come back from a `pool` or a `map_async`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It took longer than that.
    TimedOut(Duration),
    /// The worker or the future panicked.
    Panicked(Panic),
    /// The future gave this error.
    #[allow(dead_code, reason = "map_async comes next")]
    Failed(String),
    /// The breaker was blown when it came.
    Blown,
}

impl Failure {
    /// Returns what is told to whoever wants to know what became of the item.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Failure::TimedOut(_) => Outcome::TimedOut,
            Failure::Panicked(_) => Outcome::Panicked,
            Failure::Failed(_) => Outcome::Failed,
            Failure::Blown => Outcome::Blown,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::TimedOut(limit) => write!(f, "it took longer than {limit:?}"),
            Failure::Panicked(panic) => write!(f, "a stage panicked: {panic}"),
            Failure::Failed(error) => f.write_str(error),
            Failure::Blown => f.write_str("the breaker was blown"),
        }
    }
}
