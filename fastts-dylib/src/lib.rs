//! FastTS and all that it depends on, linked once.
//!
//! Most of the time from an edit of a route to the program that runs is the linker's, which lays the server, tokio and the rest
//! into the program each time. With `use fastts_dylib as _;` in the route's `main.rs` it finds them in this library. It is for
//! `cargo run` while writing; leave it out of what is shipped (see "Editing and running" in the guide).

pub use fastts_server;
