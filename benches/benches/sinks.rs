//! What a sink costs the chain, its delivery aside: a pipeline with each of some sinks at its end against the same without, in nanoseconds
//! for each event. The rounds are run in turn, so that each has the same weather; between them the sinks deliver what they have.
#![allow(missing_docs, clippy::unwrap_used)]

use std::io::Read;
use std::net::TcpListener;
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use fastts_benches::input;
use fastts_core::runtime::Options;
use fastts_core::{Batch, Running, Runs};
use fastts_server::prelude::*;

const EVENTS: usize = 100;
const ROUNDS: usize = 200;
const BATCHES: usize = 50;

/// A peer that reads everything.
static PEER: LazyLock<String> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut buffer = vec![0; 1 << 16];
                while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
            });
        }
    });
    address
});

fn peer() -> String {
    PEER.clone()
}

router! { fn bare; #[run(inline)] #[allow(no_effect)] pipeline "sink" { tag("x") } }
router! { fn over_tcp; let peer = peer(); #[run(inline)] pipeline "sink" { tag("x"); tcp(peer, line = "", queue = 100_000) } }
router! { fn named; let peer = peer(); #[run(inline)] pipeline "sink" { tag("x"); tcp(peer, line = "{service}", queue = 100_000) } }
router! { fn as_json; let peer = peer(); #[run(inline)] pipeline "sink" { tag("x"); tcp(peer, queue = 100_000) } }
router! { fn into_file; #[run(inline)] pipeline "sink" { tag("x"); file("/dev/null", line = "{service}", queue = 100_000) } }
router! { fn to_graphite; let peer = peer(); #[run(inline)] pipeline "sink" { tag("x"); graphite(peer, queue = 100_000) } }

/// Delivers batches; returns the nanoseconds for each event.
async fn round(running: &Running, mut batch: Batch) -> (Batch, f64) {
    let start = Instant::now();
    for _ in 0..BATCHES {
        batch = running.deliver_with(batch, Runs::default()).await.unwrap().unwrap();
    }
    let nanos = start.elapsed().as_nanos() as f64 / (BATCHES * EVENTS) as f64;
    assert!(running.sinks().flush(Duration::from_secs(10)).is_empty());
    (batch, nanos)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let routers = [bare(), over_tcp(), named(), as_json(), into_file(), to_graphite()];
    let running = routers.map(|router| Running::start(router, Options::new()).unwrap());
    let names = ["no sink", "tcp, an empty line", "tcp, the service", "tcp, JSON", "file, the service", "graphite"];
    let mut batch = input::batch(EVENTS, EVENTS);
    let mut figures: [Vec<f64>; 6] = Default::default();
    for _ in 0..ROUNDS {
        for (running, figures) in running.iter().zip(&mut figures) {
            let (back, nanos) = round(running, batch).await;
            batch = back;
            figures.push(nanos);
        }
    }
    let base = figures[0].clone();
    for (name, figures) in names.into_iter().zip(figures) {
        let more = median(figures.iter().zip(&base).map(|(one, base)| one - base).collect());
        println!("sinks: {name}: {:.1} ns an event, {more:+.1} in the median of pairs", median(figures));
    }
    for running in running {
        running.drain(Duration::from_secs(1)).await;
    }
}
