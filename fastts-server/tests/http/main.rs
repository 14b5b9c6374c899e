//! HTTP and WebSocket, over real sockets.

#![allow(clippy::unwrap_used, reason = "clippy does not see that the helpers are tests too")]

mod access;
mod client;
mod inside;
mod limits;
mod live;
mod posts;
mod served;
mod sockets;
