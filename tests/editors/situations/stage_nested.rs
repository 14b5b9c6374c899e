//! A stage inside of a block.
//! hover: Emits, every `interval`, the sum of the metrics
//! defined: fastts-core/src/stages/rate.rs: pub fn rate<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        by(host) { ra$0te(5); stdout }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
