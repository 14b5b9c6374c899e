//! A dot in a closure of the second pipeline, with policies and a `let` around.
//! completes: attribute

use fastts_server::prelude::*;

router! {
    let limit = 12.0;

    /// Drops what is too high.
    pipeline "first" { under(limit); stdout }

    #[mailbox(100_000, overflow = drop_oldest)]
    #[restart(3, within = 5s)]
    pipeline "second" {
        throttle(3, 5s);
        filter(|event| event.metric() < limit && event.$0);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
