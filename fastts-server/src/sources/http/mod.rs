//! Events as JSON over HTTP and WebSocket, and what the server tells about itself.
//!
//! - The body of `POST /events` is read as fast as the pipelines accept it, in batches; the answer has a line for each event, and
//!   comes when every pipeline has accepted all of them.
//! - Every message of a WebSocket on `/events` is answered by one, in order.
//! - `/index` and `/pubsub/CHANNEL` show what matches a query, over WebSockets and as server-sent events. Nobody waits for who reads them.
//! - What is wrong is answered with the reason. It costs its event, or else its connection, and never more.
//! - Memory is bounded: connections, the bodies and their events, the messages of WebSockets and what is read ahead have limits;
//!   so has the time that a client may take to send and to read.

mod accept;
mod breakers;
mod connections;
mod events;
mod guard;
mod handshake;
mod idle;
mod json;
mod listener;
mod live;
mod meters;
mod options;
mod parameters;
mod pieces;
mod posted;
mod refusal;
mod replies;
mod routes;
mod socket;
mod stats;
mod stream;

pub use listener::{Http, HttpServer};
pub use options::{HttpOptions, Token};
