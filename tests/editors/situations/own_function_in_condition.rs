//! A function of the user's own in a condition.
//! hover: Tells whether a host is in the first room.
//! defined: src/main.rs: pub fn is_near(

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        where(mine::is_n$0ear(host) && metric > 3);
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
