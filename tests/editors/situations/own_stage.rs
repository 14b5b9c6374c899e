//! A stage of the user's own.
//! hover: Passes on what costs less than `limit`.
//! defined: src/main.rs: fn cheap<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        che$0ap(3.0);
        stdout
    }
}

/// Passes on what costs less than `limit`.
fn cheap<F: Flow<Item = Event>>(flow: F, limit: f64) -> impl Flow<In = F::In, Item = Event> {
    fastts_server::stages::under(flow, limit)
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
