//! The clients from crates.io.

use crate::client::{Client, Habits, Numbers, Program, Transport};
use crate::{install, order};

pub(crate) fn clients() -> Vec<Client> {
    let client = |name, krate, sends, host| Client {
        name,
        program: install::rust().map(|path| Program::new(path).with([krate])),
        sends,
        asks: &[Transport::Tcp, Transport::Tls],
        send: order::send,
        ask: order::ask,
        habits: Habits { host, time: false, numbers: Numbers::Exact, tags: &[] },
    };
    vec![
        client("rust_riemann_client", "riemann_client", &[Transport::Tcp, Transport::Tls], true),
        client("rust_rustmann", "rustmann", &[Transport::Tcp, Transport::Udp, Transport::Tls], false),
    ]
}
