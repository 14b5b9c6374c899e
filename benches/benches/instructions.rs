//! Instructions per event, counted by callgrind: they repeat exactly, so these figures are gates.
//!
//! Runs itself under `valgrind --tool=callgrind` twice for each case, with N and 2N rounds; the difference belongs to the
//! rounds alone.
// The routers end in transforms: what comes out is not what is measured.
#![allow(missing_docs, deprecated)]
#![allow(clippy::expect_used, reason = "a case that cannot run has no count")]

use std::process::{Command, ExitCode};

use fastts_benches::{chain, fanout, input};
use fastts_core::event::BatchBuilder;
use fastts_core::prelude::*;
use fastts_core::runtime::{ManualClock, Options, Running};
use fastts_core::{Batch, Replay};
use fastts_testkit::proto;
use prost::Message;

router! { pub fn chained; pipeline "chain" { under(12); tag("x"); rate(5) } }

// Of other stages than the chain above: what two pipelines share is no longer compiled into each of them.
router! { pub fn delivered; pipeline "lone" { over(-1); scale(2) } }
router! {
    pub fn published;
    pipeline "first" { over(-1); publish("high") }
    pipeline "second" from subscribe("high") { untag("x"); with(state = "high") }
}

const EVENTS: usize = 1000;
const NOW: Time = Time::from_secs(1_700_000_000);

fn fan_out(router: Router, batch: &Batch, rounds: usize) {
    let mut replay = Replay::new(&router, NOW);
    (0..rounds).for_each(|_| replay.batch(batch));
}

/// Delivers a batch over and over, as a connection does, to a router that runs.
fn deliver(router: Router, events: usize, rounds: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a run-time starts");
    runtime.block_on(async {
        // Its time stands still: how dear a pipeline seems would be another thing under callgrind each time.
        let options = Options::new().clock(ManualClock::new(NOW).clock());
        let running = Running::start(router, options).expect("the router starts");
        let mut batch = input::batch(events, 5000);
        for _ in 0..rounds {
            batch = running.deliver(batch).await.expect("it accepts").expect("nothing waits");
        }
    });
}

/// A case: its name, how many events a round has, the limit per event, and what runs so many rounds.
type Case = (&'static str, usize, Option<u64>, fn(usize));

const CASES: &[Case] = &[
    ("chain by hand", EVENTS, None, |rounds| {
        let plains = chain::Plains::of(&input::batch(EVENTS, 5000));
        let mut state = chain::State::default();
        (0..rounds).for_each(|_| chain::run(&mut state, &plains, NOW.as_micros()));
        std::hint::black_box(chain::tick(&mut state, i64::MAX));
    }),
    ("chain", EVENTS, Some(90), |rounds| {
        let batch: Batch = input::batch(EVENTS, 5000);
        let mut replay = Replay::new(&chained(), NOW);
        (0..rounds).for_each(|_| replay.batch(&batch));
    }),
    ("deliver", 100, Some(26), |rounds| deliver(delivered(), 100, rounds)),
    ("deliver one by one", 1, Some(1100), |rounds| deliver(delivered(), 1, rounds)),
    ("publish", 100, Some(250), |rounds| deliver(published(), 100, rounds)),
    ("publish one by one", 1, Some(2300), |rounds| deliver(published(), 1, rounds)),
    ("20 literals one by one", 100, None, |rounds| fan_out(fanout::literals().dispatch(false), &fanout::services(100), rounds)),
    ("20 literals", 100, Some(290), |rounds| fan_out(fanout::literals(), &fanout::services(100), rounds)),
    ("20 prefixes", 100, Some(370), |rounds| fan_out(fanout::prefixes(), &fanout::services(100), rounds)),
    ("20 tags", 100, Some(510), |rounds| fan_out(fanout::tags(), &fanout::teams(100), rounds)),
    ("20 patterns one by one", 100, None, |rounds| fan_out(fanout::patterns().dispatch(false), &fanout::services(100), rounds)),
    ("20 patterns", 100, Some(340), |rounds| fan_out(fanout::patterns(), &fanout::services(100), rounds)),
    ("decode by prost", 100, None, |rounds| {
        let message = input::message(100);
        (0..rounds).for_each(|_| drop(std::hint::black_box(proto::Msg::decode(message.as_slice()))));
    }),
    ("decode", 100, Some(450), |rounds| {
        let message = input::message(100);
        let mut builder = BatchBuilder::new();
        for _ in 0..rounds {
            builder.bytes_mut().extend_from_slice(&message);
            let decoded = builder.message(0..message.len(), NOW);
            assert!(decoded.is_ok_and(|message| message.events == 100));
            builder = builder.finish().into_builder();
        }
    }),
];

const ROUNDS: usize = 200;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("case") {
        let name = arguments.next().unwrap_or_default();
        let rounds = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
        CASES.iter().filter(|(case, ..)| *case == name).for_each(|(_, _, _, run)| run(rounds));
        return ExitCode::SUCCESS;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("instructions: not counted, valgrind not installed");
        return if std::env::var("CI").is_ok() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let mut code = ExitCode::SUCCESS;
    for &(name, events, limit, _) in CASES {
        let Some(per_event) = count(name, 2 * ROUNDS).zip(count(name, ROUNDS)).map(|(more, less)| (more - less) / (ROUNDS * events) as u64)
        else {
            println!("instructions: {name}: callgrind gave no count");
            code = ExitCode::FAILURE;
            continue;
        };
        let verdict = match limit {
            Some(limit) if per_event > limit => {
                code = ExitCode::FAILURE;
                format!(", over the limit of {limit}")
            }
            Some(limit) => format!(", limit {limit}"),
            None => String::new(),
        };
        println!("instructions per event: {name}: {per_event}{verdict}");
    }
    code
}

/// Runs a case under callgrind and returns the instructions of the whole process.
fn count(name: &str, rounds: usize) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args(["case", name, &rounds.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines().find_map(|line| line.split("Collected :").nth(1)?.trim().parse().ok())
}
