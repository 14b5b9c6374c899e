//! A client of HTTP that shows what came, and a thumbnailer that runs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;

use fastts_testkit::program::{Program, Served};

use super::PATIENCE;

/// What came for a request.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// All header lines, in small letters.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// Asks a server, on a connection of its own.
pub(crate) fn get(address: &str, path: &str) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    let end = reply.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| panic!("{path}: {}", reply.escape_ascii()));
    let body = reply.split_off(end + 4);
    let head = String::from_utf8(reply).unwrap().to_lowercase();
    Reply { status: head[9..12].parse().unwrap(), head, body }
}

/// The thumbnailer, running.
pub(crate) struct Imgout {
    /// Behind a lock, as many threads ask at once.
    served: Mutex<Served>,
    /// Where its front listens, and where the server's own HTTP does.
    front: String,
    inside: String,
}

impl Imgout {
    /// Starts it with this in its environment.
    pub(crate) fn start(environment: &[(&str, &str)]) -> Imgout {
        let program = Program::of(env!("CARGO_BIN_EXE_imgout")).args(&["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        let program =
            environment.iter().fold(program.env("IMGOUT_LISTEN", "127.0.0.1:0"), |program, (name, value)| program.env(name, value));
        let served = program.spawn();
        let [front, inside] = ["thumbs", "http"].map(|name| served.listens_on(name));
        Imgout { served: Mutex::new(served), front, inside }
    }

    /// Asks its front.
    pub(crate) fn get(&self, path: &str) -> Reply {
        get(&self.front, path)
    }

    /// Asks the server's own HTTP: health, metrics, breakers.
    pub(crate) fn inside(&self, path: &str) -> Reply {
        get(&self.inside, path)
    }

    /// Returns the width and the height of a thumbnail, which there must be.
    pub(crate) fn size(&self, path: &str) -> (u32, u32) {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.body.escape_ascii());
        let thumb = image::load_from_memory(&reply.body).unwrap();
        (thumb.width(), thumb.height())
    }

    /// Returns how many thumbnails its meter has counted.
    pub(crate) fn counted(&self) -> u64 {
        let dump: serde_json::Value = serde_json::from_slice(&self.get("/metrics/thumb").body).unwrap();
        dump.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum()
    }

    /// Asks it to end, and returns its exit status.
    pub(crate) fn end(self) -> i32 {
        self.served.lock().unwrap().signal("TERM").end().status
    }
}
