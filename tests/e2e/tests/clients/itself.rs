//! The program's own commands.

use std::process::Command;

use libtest_mimic::Trial;

use crate::client::{Transport, run};
use crate::server::Server;

pub(crate) fn trials() -> Vec<Trial> {
    vec![crate::trial("the_program_sends_to_itself".to_owned(), None, sends)]
}

fn sends() {
    let mut server = Server::start();
    let target = server.target(Transport::Tcp);
    let mut command = Command::new(env!("CARGO_BIN_EXE_router"));
    command.args(["send", "--service", "itself", "--metric", "3", "--server", &format!("{}:{}", target.host, target.port)]);
    assert_eq!(run(&mut command), Ok("ok: true\n".to_owned()));
    assert_eq!(server.event("itself")["metric"], 3);
    assert_eq!(server.terminate(), 0, "all was drained");
}
