//! The clients from npm.

use crate::client::{Client, Habits, Numbers, Program, Transport};
use crate::{install, order};

pub(crate) fn clients() -> Vec<Client> {
    let program = |name: &str| {
        let folder = install::npm()?;
        install::program("node", "nodejs").map(|node| Program::new(node).with([&order::script("node.js"), name, &folder]))
    };
    let client = |name, package| Client {
        name,
        program: program(package),
        sends: &[Transport::Tcp, Transport::Udp],
        asks: &[Transport::Tcp],
        send: order::send,
        ask: order::ask,
        habits: Habits { host: true, time: true, numbers: Numbers::Singles, tags: &[] },
    };
    vec![client("node_riemann", "riemann"), client("node_riemannjs", "riemannjs")]
}
