//! A part that a setting has chosen.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A cache, a storage or an engine: which one says the environment, as in `let cache = env_or("IMGOUT_CACHE", …)`.
///
/// Its copies are the same one.
pub struct Chosen<T: ?Sized>(Arc<T>);

impl<T: ?Sized> Chosen<T> {
    /// Chooses one.
    pub fn new(part: Arc<T>) -> Chosen<T> {
        Chosen(part)
    }
}

impl<T: ?Sized> Clone for Chosen<T> {
    fn clone(&self) -> Chosen<T> {
        Chosen(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> Deref for Chosen<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> fmt::Debug for Chosen<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chosen").finish_non_exhaustive()
    }
}
