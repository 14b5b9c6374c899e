//! A memcached of a test's own.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::PATIENCE;

/// Debian's memcached, on a port of its own; it is killed when this goes.
pub(crate) struct Memcached {
    child: Option<Child>,
    port: u16,
}

impl Memcached {
    pub(crate) fn start() -> Memcached {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut memcached = Memcached { child: None, port };
        memcached.restart();
        memcached
    }

    /// Returns what chooses it as the cache.
    pub(crate) fn setting(&self) -> String {
        format!("memcached:127.0.0.1:{}", self.port)
    }

    /// Starts it, empty, on the port that it had before.
    pub(crate) fn restart(&mut self) {
        let port = self.port.to_string();
        let mut command = Command::new(super::program("memcached").unwrap());
        command.args(["-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-p", &port]).stdin(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        let end = Instant::now() + PATIENCE;
        // It says nothing when it is ready.
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < end, "memcached does not listen");
            std::thread::yield_now();
        }
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Memcached {
    fn drop(&mut self) {
        self.kill();
    }
}
