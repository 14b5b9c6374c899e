#![allow(missing_docs)]
use fastts_benches::{chain, input};
use fastts_core::__private::{Builder, Info, Policy, seal, stages, start};
use fastts_core::{Event, Replay, Time};
fn main() {
    let n: usize = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(100000);
    let which = std::env::args().nth(2).unwrap_or_default();
    let mut builder = Builder::new();
    builder.pipeline(Info { name: "chain", description: "", stages: "", file: file!() }, Policy::new(), || {
        let flow = start::<Event>();
        let flow = stages::under(flow, 12);
        let flow = stages::tag(flow, "x");
        let flow = stages::rate(flow, 5);
        seal(flow)
    });
    let router = builder.build();
    let batch = input::batch(1000, 5000);
    let now = Time::from_secs(1_700_000_000);
    if which == "hand" {
        let plains = chain::Plains::of(&batch);
        let mut state = chain::State::default();
        for _ in 0..n {
            chain::run(&mut state, &plains, 1);
        }
        println!("{:?}", chain::tick(&mut state, i64::MAX));
    } else {
        let mut replay = Replay::new(&router, now);
        for _ in 0..n {
            replay.batch(&batch);
        }
    }
}
