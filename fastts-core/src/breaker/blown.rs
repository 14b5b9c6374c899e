//! The error of whoever is not let through.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::model::time::Time;

/// Something was not tried, as its breaker is blown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blown {
    /// The name of the breaker.
    pub breaker: Arc<str>,
    /// The key whose fuse it is, if there is one for each.
    pub key: Option<Arc<str>>,
    /// Since when nothing is tried.
    pub since: Time,
    /// Until when; `None` when that is not known: another attempt is under way that decides, or somebody has switched it off.
    pub until: Option<Time>,
    /// Why the last attempt failed, or that it was switched off.
    pub why: Arc<str>,
}

impl fmt::Display for Blown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "breaker {:?} is blown", self.breaker)?;
        if let Some(key) = &self.key {
            write!(f, " for {key:?}")?;
        }
        write!(f, " since {}", self.since)?;
        if let Some(until) = self.until {
            write!(f, ", until {until}")?;
        }
        write!(f, ": {}", self.why)
    }
}

impl Error for Blown {}
