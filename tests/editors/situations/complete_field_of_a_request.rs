//! A dot in a closure of a pipeline that replies.
//! completes: page, length

use fastts_server::prelude::*;

router! {
    pipeline "P": Visit -> Reply {
        map(|visit| Reply { length: visit.$0 })
    }
}

/// What is asked.
#[derive(Clone, Debug, Item)]
pub struct Visit {
    pub page: String,
    pub length: usize,
}

/// What is replied.
#[derive(Clone, Debug, Item)]
pub struct Reply {
    pub length: usize,
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
