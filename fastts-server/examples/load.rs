//! Sends events as fast as a server takes them, and prints how many it acknowledged in a second.
//!
//! `cargo run --release -p fastts-server --example load -- ADDR:PORT [CONNECTIONS [EVENTS_A_MESSAGE [SECONDS [IN_FLIGHT]]]]`;
//! `IN_FLIGHT` is `pipelined` (as many frames as TCP takes), or `one` (the next frame waits for the answer to the last).

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastts_core::Event;
use fastts_core::event::{Envelope, encode_message};
use fastts_server::riemann::frame::put_frame;
use fastts_server::riemann::reply::OK;

static STOP: AtomicBool = AtomicBool::new(false);
static ACKNOWLEDGED: AtomicU64 = AtomicU64::new(0);

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, default: u64| arguments.get(index).and_then(|text| text.parse().ok()).unwrap_or(default);
    let Some(address) = arguments.first() else { return Err(io::Error::other("name the server: ADDR:PORT")) };
    let (connections, batch, seconds) = (number(1, 1), number(2, 100), number(3, 5));
    let one = arguments.get(4).is_some_and(|word| word == "one");
    let frame = frame(batch);
    let block = frame.repeat(((512 << 10) / frame.len()).max(1));
    for _ in 0..connections {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        if one {
            let frame = frame.clone();
            thread::spawn(move || ping_pong(stream, &frame));
        } else {
            let (writer, block) = (stream.try_clone()?, block.clone());
            thread::spawn(move || flood(writer, &block));
            thread::spawn(move || count(stream));
        }
    }
    // Both sides warm up before anything is counted.
    thread::sleep(Duration::from_millis(500));
    let (begun, before) = (Instant::now(), ACKNOWLEDGED.load(Ordering::Relaxed));
    thread::sleep(Duration::from_secs(seconds));
    let frames = ACKNOWLEDGED.load(Ordering::Relaxed) - before;
    let elapsed = begun.elapsed().as_secs_f64();
    STOP.store(true, Ordering::Relaxed);
    let events = (frames * batch) as f64 / elapsed;
    println!("{events:.0} events/s ({:.0} messages/s, {connections} connections, {batch} events a message)", frames as f64 / elapsed);
    Ok(())
}

/// Makes a message of events as they are common: 91 bytes each.
fn frame(events: u64) -> Vec<u8> {
    let event = |number: u64| {
        Event::new()
            .with_time(fastts_core::Time::from_micros(1_700_000_000_123_456))
            .with_state("ok")
            .with_service("web request duration")
            .with_host(&format!("web{:09}", number % 10)[..])
            .with_tags(["api", "eu"])
            .with_ttl(60)
            .with_metric(number as f64 % 24.0 + 0.5)
    };
    let events: Vec<Event> = (0..events).map(event).collect();
    let mut frame = Vec::new();
    put_frame(&mut frame, |out| encode_message(Envelope::default(), events.iter().map(Event::view), out));
    frame
}

fn flood(mut stream: TcpStream, block: &[u8]) {
    while !STOP.load(Ordering::Relaxed) && stream.write_all(block).is_ok() {}
}

fn count(mut stream: TcpStream) {
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    while let Ok(len @ 1..) = stream.read(&mut buffer) {
        bytes += len;
        ACKNOWLEDGED.fetch_add((bytes / OK.len()) as u64, Ordering::Relaxed);
        bytes %= OK.len();
    }
}

fn ping_pong(mut stream: TcpStream, frame: &[u8]) {
    let mut answer = OK;
    while !STOP.load(Ordering::Relaxed) && stream.write_all(frame).and_then(|()| stream.read_exact(&mut answer)).is_ok() {
        ACKNOWLEDGED.fetch_add(1, Ordering::Relaxed);
    }
}
