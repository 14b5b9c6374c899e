//! Why there is no thumbnail.

use std::fmt;
use std::sync::Arc;

/// Why there is no thumbnail. It goes on through the pipeline in the place of what there would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no such image.
    NotFound,
    /// What is there is no image that can be read.
    NotAnImage(Arc<str>),
    /// Somebody does not answer, or not well: it may be better later.
    Unavailable(Arc<str>),
}

impl Failure {
    /// Says who does not answer, and how.
    pub fn unavailable(reason: impl fmt::Display) -> Failure {
        Failure::Unavailable(reason.to_string().into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::NotFound => f.write_str("there is no such image"),
            Failure::NotAnImage(reason) => write!(f, "it is no image that can be read: {reason}"),
            Failure::Unavailable(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Failure {}
