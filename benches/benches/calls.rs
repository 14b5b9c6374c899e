//! Calls: how long one takes on an idle pipeline, and how many there are in a second, beside Erlang's `gen_server:call` in the same run.
//!
//! The rounds of the two are short and run in turn, so that both have the same weather; of each the best round is told, which other work
//! on the machine disturbed least, and the median. Where there is no `escript`, it says so.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::process::Command;
use std::time::{Duration, Instant};

use fastts_core::Running;
use fastts_core::prelude::*;
use fastts_core::runtime::Options;

router! { pipeline "server": u64 -> u64 { serve(0_u64, |calls, n| { *calls += 1; n + 1 }) } }

const ROUND: Duration = Duration::from_millis(150);
const ROUNDS: usize = 15;
const TIMED: usize = 200_000;

/// Calls until the time is over; returns how many there were in a second.
async fn calls(running: Running, time: Duration) -> f64 {
    let (start, mut count) = (Instant::now(), 0_u64);
    while start.elapsed() < time {
        for n in 0..100 {
            assert_eq!(running.call::<u64, u64>("server", n).await, Ok(n + 1));
        }
        count += 100;
    }
    count as f64 / start.elapsed().as_secs_f64()
}

fn erlang() -> Option<[f64; 2]> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/erlang/calls.escript");
    let output = Command::new("escript").arg(script).arg(ROUND.as_millis().to_string()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures: Vec<f64> = text.split_whitespace().filter_map(|figure| figure.parse().ok()).collect();
    figures.try_into().map_err(|_| eprintln!("{text}{}", String::from_utf8_lossy(&output.stderr))).ok()
}

/// The best figure and the median.
fn best_and_median(mut figures: Vec<f64>) -> Option<(f64, f64)> {
    figures.sort_by(f64::total_cmp);
    Some((*figures.last()?, *figures.get(figures.len() / 2)?))
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let running = Running::start(router(), Options::new()).unwrap();
    calls(running.clone(), Duration::from_millis(200)).await;

    let mut nanos = Vec::with_capacity(TIMED);
    for n in 0..TIMED as u64 {
        let start = Instant::now();
        let reply = running.call::<u64, u64>("server", n).await;
        nanos.push(start.elapsed().as_nanos() as f64);
        assert_eq!(reply, Ok(n + 1));
    }
    nanos.sort_by(f64::total_cmp);
    let percentile = |share: f64| nanos[((nanos.len() - 1) as f64 * share) as usize];
    println!("calls: one on an idle pipeline: {:.0} ns in the median, {:.0} ns at 99 %", percentile(0.5), percentile(0.99));

    let (mut ours, mut theirs) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for _ in 0..ROUNDS {
        ours[0].push(tokio::spawn(calls(running.clone(), ROUND)).await.unwrap());
        let callers = [(); 2].map(|()| tokio::spawn(calls(running.clone(), ROUND)));
        let mut sum = 0.0;
        for caller in callers {
            sum += caller.await.unwrap();
        }
        ours[1].push(sum);
        if let Some(figures) = erlang() {
            theirs.iter_mut().zip(figures).for_each(|(all, one)| all.push(one));
        }
    }
    for (callers, (ours, theirs)) in ["one caller", "two callers"].into_iter().zip(ours.into_iter().zip(theirs)) {
        let Some((best, median)) = best_and_median(ours) else { continue };
        print!("calls: {callers}: {best:.0} a second ({median:.0} in the median)");
        match best_and_median(theirs) {
            None => println!("; no Erlang here (`escript` of Debian's erlang-base) to compare with"),
            Some((theirs, middle)) => {
                println!(", gen_server:call {theirs:.0} ({middle:.0}): {:.1} times as many ({:.1})", best / theirs, median / middle)
            }
        }
    }
    running.drain(Duration::from_secs(1)).await;
}
