//! HTTP and WebSocket, over real sockets.

mod access;
mod client;
mod inside;
mod limits;
mod live;
mod posts;
mod served;
mod sockets;
