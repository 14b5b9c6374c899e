//! The type behind the arrow of a pipeline that replies.
//! hover: What is replied
//! defined: src/main.rs: pub struct Reply

use fastts_server::prelude::*;

router! {
    pipeline "P": Event -> Re$0ply { map(|event| Reply { metric: event.metric().as_f64().unwrap_or(0.0) }) }
}

/// What is replied.
#[derive(Clone, Debug, Item)]
pub struct Reply {
    pub metric: f64,
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
