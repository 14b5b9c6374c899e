//! A body with nothing in it.
//! completes: under, stdout, cheap

use fastts_server::prelude::*;

router! {
    pipeline "P" { $0 }
}

/// Passes on what costs less than `limit`.
fn cheap<F: Flow<Item = Event>>(flow: F, limit: f64) -> impl Flow<In = F::In, Item = Event> {
    fastts_server::stages::under(flow, limit)
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
