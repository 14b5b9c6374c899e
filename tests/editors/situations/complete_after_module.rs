//! A module, and nothing behind it.
//! completes: alert

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        mine::$0
    }
}

mod mine {
    use fastts_server::prelude::*;

    /// Marks what somebody has to look at.
    pub fn alert<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        fastts_server::stages::tag(flow, "alert")
    }

    /// Tells whether a host is in the first room.
    pub fn is_near(host: Option<&str>) -> bool {
        host.is_some_and(|host| host.starts_with('a'))
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
