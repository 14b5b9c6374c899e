//! Servers that make whoever asks them wait.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// An HTTP server that answers nobody.
pub(crate) struct Silent {
    pub(crate) address: String,
}

impl Silent {
    pub(crate) fn start() -> Silent {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        // The connections stay open until the test ends.
        thread::spawn(move || listener.incoming().collect::<Vec<_>>());
        Silent { address }
    }
}

/// Something like memcached that has nothing, and answers a write only once `waits` of them wait.
pub(crate) struct Writes {
    pub(crate) address: String,
    state: Arc<(Mutex<Seen>, Condvar)>,
}

#[derive(Default)]
struct Seen {
    waiting: usize,
    most: usize,
    all: usize,
    is_open: bool,
}

impl Writes {
    pub(crate) fn start(waits: usize) -> Writes {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::<(Mutex<Seen>, Condvar)>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || answer(stream.unwrap(), waits, &shared));
            }
        });
        Writes { address, state }
    }

    /// Waits until there were so many writes, and returns how many waited at most at the same time.
    pub(crate) fn most(&self, all: usize) -> usize {
        let (seen, changed) = &*self.state;
        let seen = changed.wait_while(seen.lock().unwrap(), |seen| seen.all < all).unwrap();
        seen.most
    }
}

fn answer(stream: TcpStream, waits: usize, (seen, changed): &(Mutex<Seen>, Condvar)) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).unwrap_or(0) > 0 {
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = match words[..] {
            ["set", _, _, _, bytes] => {
                let mut value = vec![0; bytes.parse::<usize>().unwrap() + 2];
                stream.read_exact(&mut value).unwrap();
                let mut now = seen.lock().unwrap();
                now.waiting += 1;
                now.most = now.most.max(now.waiting);
                now.is_open |= now.waiting >= waits;
                changed.notify_all();
                let mut now = changed.wait_while(now, |now| !now.is_open).unwrap();
                now.waiting -= 1;
                now.all += 1;
                changed.notify_all();
                "STORED\r\n"
            }
            _ => "END\r\n",
        };
        if stream.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
        line.clear();
    }
}
