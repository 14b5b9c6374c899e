//! Ten subscribers that take as many events as there are, and sleep 100 to 500 ms over each: how long until all is done. Beside it, where
//! Erlang is installed, the same with a process for each event and subscriber, as GenStage's ConsumerSupervisor has it.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::process::Command;
use std::time::{Duration, Instant};

use fastts_benches::input;
use fastts_core::prelude::*;
use fastts_core::runtime::Options;
use fastts_core::{Context, Emit, EventView, Pipe, Running, Runs, Stage, Then, Token};

const EVENTS: usize = 10_000;
const ROUNDS: usize = 5;

/// Sleeps over each event, over as many at once as come; an event is done when it has slept.
#[derive(Clone, Default)]
pub struct Sleep {
    seed: u64,
}

impl Stage<Event> for Sleep {
    type Out = Event;

    fn item(&mut self, _item: EventView<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        // splitmix64
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.seed ^ self.seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let token = cx.token().clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100 + mixed % 401)).await;
            drop(token);
        });
    }
}

pub fn sleep<F: Flow<Item = Event>>(flow: F) -> Pipe<F::In, Then<F::Stage, Sleep>> {
    flow.into_pipe().then(Sleep::default())
}

router! {
    pipeline "events" { publish("events") }
    pipeline "0" from subscribe("events", demand = 100_000) { sleep }
    pipeline "1" from subscribe("events", demand = 100_000) { sleep }
    pipeline "2" from subscribe("events", demand = 100_000) { sleep }
    pipeline "3" from subscribe("events", demand = 100_000) { sleep }
    pipeline "4" from subscribe("events", demand = 100_000) { sleep }
    pipeline "5" from subscribe("events", demand = 100_000) { sleep }
    pipeline "6" from subscribe("events", demand = 100_000) { sleep }
    pipeline "7" from subscribe("events", demand = 100_000) { sleep }
    pipeline "8" from subscribe("events", demand = 100_000) { sleep }
    pipeline "9" from subscribe("events", demand = 100_000) { sleep }
}

/// A subscriber spawns a process for each event, which tells when it is done.
const ERLANG: &str = r#"
    Main = self(),
    Worker = fun() -> timer:sleep(100 + rand:uniform(401) - 1), Main ! done end,
    Subscriber = fun Loop() -> receive {event, _} -> spawn(Worker), Loop(); stop -> ok end end,
    Round = fun() ->
        Subscribers = [spawn(Subscriber) || _ <- lists:seq(1, 10)],
        {Took, _} = timer:tc(fun() ->
            [Pid ! {event, N} || N <- lists:seq(1, EVENTS), Pid <- Subscribers],
            [receive done -> ok end || _ <- lists:seq(1, EVENTS * 10)]
        end),
        [Pid ! stop || Pid <- Subscribers],
        Took
    end,
    io:format("~p~n", [lists:sort([Round() || _ <- lists:seq(1, ROUNDS)])]),
    halt().
"#;

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut rounds: Vec<Duration> = (0..ROUNDS).map(|_| runtime.block_on(round())).collect();
    rounds.sort();
    println!("fastts, {EVENTS} events x 10 subscribers: {:?}, of {rounds:?}", rounds[ROUNDS / 2]);
    let program = ERLANG.replace("EVENTS", &EVENTS.to_string()).replace("ROUNDS", &ROUNDS.to_string());
    match Command::new("erl").args(["-noshell", "-eval", &program]).output() {
        Ok(output) => println!("erlang, in microseconds: {}", String::from_utf8_lossy(&output.stdout).trim()),
        Err(error) => println!("erlang is not installed ({error}); the BEAM took 1.16 s on a machine with two processors"),
    }
}

async fn round() -> Duration {
    let running = Running::start(router(), Options::new()).unwrap();
    let batches: Vec<_> = (0..EVENTS / 100).map(|_| input::batch(100, 100)).collect();
    let begin = Instant::now();
    let mut receipts = Vec::with_capacity(batches.len());
    for batch in batches {
        let (token, receipt) = Token::new();
        running.deliver_with(batch, Runs::all(token)).await.unwrap();
        receipts.push(receipt);
    }
    for receipt in &mut receipts {
        assert!(receipt.wait().await.is_delivered());
    }
    let took = begin.elapsed();
    assert!(running.stats().iter().all(|stats| stats.ran == EVENTS as u64 && stats.taken == 0));
    took
}
