//! A dot in a closure over what `map` made.
//! completes: is_some_and

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        map(|event| event.metric().as_f64());
        filter(|metric| metric.$0);
        inspect(|metric| println!("{metric:?}"))
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
