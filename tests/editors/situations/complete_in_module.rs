//! The name of a stage in a module, begun, between others.
//! completes: alert

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        under(12);
        mine::al$0;
        stdout
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
