//! What the server does over real sockets, asked by clients in this process; and the layers of its crate.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "clippy does not see that the helpers are tests too")]

mod common;
mod forward;
#[cfg(feature = "http")]
mod http;
mod layers;
mod queries;
mod slow_queries;
mod tcp;
mod udp;
