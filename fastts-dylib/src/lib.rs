//! FastTS and all that it depends on, linked once.
//!
//! Most of the time from an edit of a route to the program that runs is the linker's, which lays the server, tokio and the rest
//! into the program each time. With `#[cfg(debug_assertions)] use fastts_dylib as _;` in the route's `main.rs` it finds them in this
//! library. A release build does not look at it, and is one file as ever (see "Editing and running" in the guide).

// In a release build it is empty: nobody uses it there, and linking it would take its time.
#[cfg(debug_assertions)]
pub use fastts_server;
