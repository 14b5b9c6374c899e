//! Servers that say what a test wants them to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// Starts a server that answers each message of one connection with the next of these, and returns the messages.
pub(crate) fn riemann(answers: Vec<Vec<u8>>) -> (String, JoinHandle<Vec<Vec<u8>>>) {
    one(move |mut stream| {
        let mut messages = Vec::new();
        for answer in answers {
            let mut header = [0; 4];
            stream.read_exact(&mut header).unwrap();
            let mut message = vec![0; u32::from_be_bytes(header) as usize];
            stream.read_exact(&mut message).unwrap();
            messages.push(message);
            stream.write_all(&(answer.len() as u32).to_be_bytes()).unwrap();
            stream.write_all(&answer).unwrap();
        }
        messages
    })
}

/// Starts a server that answers the HTTP request of one connection and closes it; returns the head of the request.
pub(crate) fn http(answer: String) -> (String, JoinHandle<String>) {
    one(move |mut stream| {
        let mut head = Vec::new();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while !head.ends_with(b"\r\n\r\n") {
            reader.read_until(b'\n', &mut head).unwrap();
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(head).unwrap()
    })
}

fn one<T: Send + 'static>(serve: impl FnOnce(TcpStream) -> T + Send + 'static) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (address, thread::spawn(move || serve(listener.accept().unwrap().0)))
}
