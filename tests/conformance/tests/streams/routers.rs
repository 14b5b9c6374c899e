//! Riemann's expressions, translated by hand: a list per family of stages.

use fastts_core::prelude::*;

/// An expression, and the router that means the same.
type Translated = (&'static str, fn() -> Router);

macro_rules! routers {
    ($($stream:literal => { $($body:tt)* })*) => {
        pub(super) const ROUTERS: &[super::Translated] = &[$(($stream, {
            router! { #[allow(missing_metric)] pipeline "vector" { $($body)* } }
            router
        })),*];
    };
}

mod basics;
mod more;
mod streams;
mod windows;

/// Finds the router for an expression.
pub(crate) fn find(stream: &str) -> Option<fn() -> Router> {
    [basics::ROUTERS, more::ROUTERS, streams::ROUTERS, windows::ROUTERS]
        .iter()
        .copied()
        .flatten()
        .find(|(text, _)| *text == stream)
        .map(|(_, router)| *router)
}
