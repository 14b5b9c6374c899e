//! A dot in a closure over a type of the user's own.
//! completes: warmth, place

use fastts_server::prelude::*;

router! {
    pipeline "P": Reading {
        filter(|reading| reading.$0);
        inspect(|reading| println!("{reading:?}"))
    }
}

/// What a sensor has read.
#[derive(Clone, Debug, Item)]
pub struct Reading {
    /// Degrees.
    pub warmth: f64,
    pub place: String,
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
