//! How long a query may take.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::clock::Limit;

/// How long a query may take, and whether anybody still waits for its answer.
///
/// Whoever tries a query on events spends from it, event by event and within long texts; it looks at the clock about every millisecond.
///
/// ```
/// use std::time::Duration;
///
/// use fastts_core::event;
/// use fastts_core::query::{Budget, OutOfBudget, Query};
///
/// let query = Query::parse(r#"service =~ "api%""#)?;
/// let event = event! { service: "api rate" };
/// assert_eq!(query.matches_within(event.view(), &mut Budget::unlimited()), Ok(true));
/// let mut none = Budget::lasting(Duration::ZERO);
/// assert!((0..100_000).any(|_| query.matches_within(event.view(), &mut none) == Err(OutOfBudget::Time)));
/// # Ok::<(), fastts_core::query::QueryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Budget {
    limit: Option<Limit>,
    abandoned: Option<Arc<AtomicBool>>,
    /// How many steps may be made before the next look at the clock.
    left: usize,
}

/// Why a query was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfBudget {
    /// It took longer than it may.
    Time,
    /// Nobody waits for its answer any more.
    Abandoned,
}

/// How many steps are made between two looks at the clock. A step takes a microsecond at most, and some twenty nanoseconds mostly.
const STEPS: usize = 1_024;

impl Budget {
    /// Makes one that never runs out.
    pub fn unlimited() -> Budget {
        Budget { limit: None, abandoned: None, left: STEPS }
    }

    /// Makes one that runs out after so much time, from now on.
    pub fn lasting(time: Duration) -> Budget {
        Budget { limit: Some(Limit::after(time)), ..Budget::unlimited() }
    }

    /// Has it run out as well when this becomes true: when whoever asked has gone.
    pub fn unless(self, abandoned: Arc<AtomicBool>) -> Budget {
        Budget { abandoned: Some(abandoned), ..self }
    }

    /// Spends some steps.
    ///
    /// # Errors
    /// When the time is over, as far as that was looked at.
    #[inline]
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), OutOfBudget> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => self.look(),
        }
    }

    /// Looks whether it has run out.
    ///
    /// # Errors
    /// When it has.
    #[cold]
    pub fn look(&mut self) -> Result<(), OutOfBudget> {
        if self.abandoned.as_ref().is_some_and(|abandoned| abandoned.load(Ordering::Relaxed)) {
            return Err(OutOfBudget::Abandoned);
        }
        if self.limit.is_some_and(|limit| limit.left().is_zero()) {
            return Err(OutOfBudget::Time);
        }
        self.left = STEPS;
        Ok(())
    }
}

impl fmt::Display for OutOfBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OutOfBudget::Time => "the query takes too long",
            OutOfBudget::Abandoned => "nobody waits for the answer",
        })
    }
}

impl std::error::Error for OutOfBudget {}
