//! A pipeline that replies, with a state, and one that is being given its type.
//! says: nothing

use fastts_server::prelude::*;

router! {
    #[calls(100, timeout = 2s)]
    pipeline "total": u64 -> u64 { serve(0_u64, |total, n| { *total += n; *total }) }

    pipeline "metric": Event -> f64 {
        meter("asked by {host}");
        count_as("asked");
        filter_map(|event| event.metric().as_f64())$0
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
