//! What it costs to be told what became of events: a queue at the end of a chain that keeps the token of each, against one that does
//! not, and against no tokens. The rounds of the three are run in turn, so that each has the same weather.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use fastts_benches::input;
use fastts_core::prelude::*;
use fastts_core::runtime::Options;
use fastts_core::{Batch, Context, Emit, EventView, Pipe, Running, Runs, Stage, Then, Token};

const EVENTS: usize = 100;
const MESSAGES: usize = 10;
const ROUNDS: usize = 200;
const BATCHES: usize = 200;

/// A queue as that of a sink: what is sent of each event, and whose it was.
#[derive(Clone, Default)]
pub struct Queue {
    texts: Vec<u8>,
    runs: Vec<(Token, usize)>,
    asks: bool,
    events: usize,
}

impl Stage<Event> for Queue {
    type Out = Event;

    #[inline]
    fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.texts.extend_from_slice(item.service().unwrap_or_default().as_bytes());
        self.events += 1;
        if self.asks {
            let token = cx.token();
            match self.runs.last_mut() {
                Some((last, end)) if last.is_same(token) => *end = self.events,
                _ => self.runs.push((token.clone(), self.events)),
            }
        }
        if self.events == EVENTS {
            // They are sent.
            (self.events, self.texts) = (0, std::mem::take(&mut self.texts));
            self.texts.clear();
            self.runs.clear();
        }
        out.emit(item, cx);
    }
}

pub fn asks<F: Flow<Item = Event>>(flow: F) -> Pipe<F::In, Then<F::Stage, Queue>> {
    flow.into_pipe().then(Queue { asks: true, ..Queue::default() })
}

pub fn does_not_ask<F: Flow<Item = Event>>(flow: F) -> Pipe<F::In, Then<F::Stage, Queue>> {
    flow.into_pipe().then(Queue::default())
}

router! { fn asking; #[run(inline)] pipeline "queue" { tag("x"); asks } }
router! { fn not_asking; #[run(inline)] pipeline "queue" { tag("x"); does_not_ask } }

/// Delivers batches; returns the nanoseconds for each event.
async fn round(running: &Running, mut batch: Batch, messages: usize) -> (Batch, f64) {
    let start = Instant::now();
    for _ in 0..BATCHES {
        let runs: Runs = (1..=messages).map(|nth| (Token::new().0, nth * EVENTS / messages)).collect();
        batch = running.deliver_with(batch, runs).await.unwrap().unwrap();
    }
    (batch, start.elapsed().as_nanos() as f64 / (BATCHES * EVENTS) as f64)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let running = [not_asking(), asking(), asking(), asking()].map(|router| Running::start(router, Options::new()).unwrap());
    let names = ["no tokens, nobody asks", "no tokens, the queue asks", "one token a batch", "ten tokens a batch"];
    let messages = [0, 0, 1, MESSAGES];
    let mut batch = input::batch(EVENTS, EVENTS);
    let mut figures: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        for case in 0..names.len() {
            let (back, nanos) = round(&running[case], batch, messages[case]).await;
            batch = back;
            figures[case].push(nanos);
        }
    }
    let base = figures[0].clone();
    for (name, figures) in names.into_iter().zip(figures) {
        let more = median(figures.iter().zip(&base).map(|(one, base)| one - base).collect());
        println!("tokens: {name}: {:.2} ns an event, {more:+.2} in the median of pairs", median(figures));
    }
    for running in running {
        running.drain(Duration::from_secs(1)).await;
    }
}
