//! A dot in a closure, while another pipeline has mistakes.
//! completes: host

use fastts_server::prelude::*;

router! {
    pipeline "broken" {
        under(1, 2)
        rate(0);
        where(metric >)
    }

    pipline "broken too" { stdout }

    pipeline "P" {
        filter(|event| event.$0);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
