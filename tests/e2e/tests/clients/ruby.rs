//! The client in Ruby.

use std::process::Command;

use crate::client::{Client, Habits, Numbers, Program, Transport};
use crate::{install, order};

pub(crate) fn clients() -> Vec<Client> {
    let program = install::program("ruby", "ruby").and_then(|ruby| {
        let found = install::quiet(Command::new(&ruby).args(["-e", "require 'riemann/client'"]));
        found.map(|()| Program::new(ruby).with([&order::script("ruby.rb")])).ok_or("ruby-riemann-client not installed".to_owned())
    });
    vec![Client {
        name: "ruby_riemann_client",
        program,
        sends: &[Transport::Tcp, Transport::Udp, Transport::Tls],
        asks: &[Transport::Tcp, Transport::Tls],
        send: order::send,
        ask: order::ask,
        // It sends every number a second time with 32 bits, which is not the one to take.
        habits: Habits { host: true, time: true, numbers: Numbers::Exact, tags: &[] },
    }]
}
