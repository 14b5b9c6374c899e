//! A client that sends frames as fast as they are taken.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::null::OK;

/// Sends `message` over `connections` connections, pipelined, for so long; returns the messages acknowledged per second.
///
/// # Errors
/// When a connection breaks, or a reply is not `ok: true`.
pub fn pipelined(server: SocketAddr, connections: usize, message: &[u8], duration: Duration) -> io::Result<f64> {
    let start = Instant::now();
    let end = start + duration;
    let acknowledged = thread::scope(|scope| {
        let handles: Vec<_> = (0..connections).map(|_| scope.spawn(|| one_connection(server, message, end))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap_or(Err(io::ErrorKind::Other.into()))).sum::<io::Result<u64>>()
    })?;
    Ok(acknowledged as f64 / start.elapsed().as_secs_f64())
}

fn one_connection(server: SocketAddr, message: &[u8], end: Instant) -> io::Result<u64> {
    let mut stream = TcpStream::connect(server)?;
    let mut block = Vec::new();
    while block.len() < 256 << 10 {
        block.extend_from_slice(&frame(message));
    }
    let mut reader = stream.try_clone()?;
    let replies = thread::spawn(move || -> io::Result<u64> {
        let mut buffer = vec![0; 64 << 10];
        let (mut filled, mut count) = (0, 0);
        loop {
            match reader.read(&mut buffer[filled..])? {
                0 => return Ok(count),
                read => filled += read,
            }
            let whole = filled / OK.len() * OK.len();
            if !buffer[..whole].chunks(OK.len()).all(|reply| reply == OK) {
                return Err(io::Error::other("a reply is not `ok: true`"));
            }
            count += (whole / OK.len()) as u64;
            buffer.copy_within(whole..filled, 0);
            filled -= whole;
        }
    });
    while Instant::now() < end {
        stream.write_all(&block)?;
    }
    stream.shutdown(Shutdown::Write)?;
    replies.join().unwrap_or(Err(io::ErrorKind::Other.into()))
}

/// Sends one message after another, each when the one before was acknowledged; returns how many per second.
///
/// # Errors
/// When the connection breaks.
pub fn one_in_flight(server: SocketAddr, message: &[u8], duration: Duration) -> io::Result<f64> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_nodelay(true)?;
    let frame = frame(message);
    let mut reply = [0; OK.len()];
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < duration {
        for _ in 0..100 {
            stream.write_all(&frame)?;
            stream.read_exact(&mut reply)?;
            count += 1;
        }
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

fn frame(message: &[u8]) -> Vec<u8> {
    let mut frame = (message.len() as u32).to_be_bytes().to_vec();
    frame.extend_from_slice(message);
    frame
}
