//! A field of the user's own type in a condition.
//! defined: src/main.rs: pub warmth

use fastts_server::prelude::*;

router! {
    pipeline "P": Reading {
        where(war$0mth > 30);
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
