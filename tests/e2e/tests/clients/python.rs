//! The clients from PyPI.

use crate::client::{Client, Habits, Numbers, Program, Transport};
use crate::{install, order};

pub(crate) fn clients() -> Vec<Client> {
    let client = |name, argument: &str, habits| Client {
        name,
        program: install::python().map(|python| Program::new(python).with([&order::script("python.py"), argument])),
        sends: &[Transport::Tcp, Transport::Udp],
        asks: &[Transport::Tcp],
        send: order::send,
        ask: order::ask,
        habits,
    };
    vec![
        client("python_riemann_client", "riemann-client", Habits { host: true, time: false, numbers: Numbers::Singles, tags: &[] }),
        client("python_bernhard", "bernhard", Habits { host: false, time: false, numbers: Numbers::Singles, tags: &[] }),
    ]
}
