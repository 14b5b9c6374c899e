//! A dot behind a method.
//! completes: as_f64

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        map(|event| event.metric().$0);
        inspect(|metric| println!("{metric:?}"))
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
