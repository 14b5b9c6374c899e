//! A mistake that the macro finds, before anything is saved.
//! says: expected `pipeline`, found `pipline`
//! says: `under` takes 1 argument

use fastts_server::prelude::*;

$0router! {
    pipline "first" { stdout }

    pipeline "second" { under(1, 2); stdout }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
