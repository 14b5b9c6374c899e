//! What `run` takes.

use fastts_core::Router;

/// A router, or what makes one.
///
/// `run(router)`, without the parentheses, lets [`run`](crate::run) call `router` itself: when a `let` of it panics, the command
/// line says so and ends with the exit status 1, where `run(router())` would have panicked before.
pub trait IntoRouter {
    /// Returns the router.
    fn into_router(self) -> Router;
}

impl IntoRouter for Router {
    fn into_router(self) -> Router {
        self
    }
}

impl<F: FnOnce() -> Router> IntoRouter for F {
    fn into_router(self) -> Router {
        self()
    }
}
