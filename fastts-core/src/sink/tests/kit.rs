//! A transport that answers as it is told, and what came to it.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::clock::{Limit, ManualClock};
use crate::model::time::Time;
use crate::model::token::Token;
use crate::sink::{Folder, Options, Records, Report, SinkStats, Sinks, Transport, Worker};

/// How long anything may take; tests end long before.
const PATIENCE: Duration = Duration::from_secs(30);

/// How the target answers one delivery.
pub(super) enum Answer {
    Report(Box<dyn FnOnce() -> Report + Send>),
    Panic,
    Hang,
}

/// What is beyond the transports of a sink.
#[derive(Clone, Default)]
pub(super) struct Target(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    /// What is answered when nothing else is.
    usual: Option<Answer>,
    came: Vec<Vec<String>>,
    made: usize,
    closed: usize,
    /// The text of a record at which the transport panics.
    poison: Option<&'static str>,
}

impl Target {
    /// Has it answer so, once for each.
    pub(super) fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        self.0.lock().unwrap().answers.extend(answers);
    }

    /// Has it answer that it is to be tried again, until [`Target::up`].
    pub(super) fn down(&self) {
        self.0.lock().unwrap().usual = Some(Answer::Hang);
    }

    pub(super) fn up(&self) {
        self.0.lock().unwrap().usual = None;
    }

    pub(super) fn poison(&self, text: &'static str) {
        self.0.lock().unwrap().poison = Some(text);
    }

    /// Returns the records of each delivery so far, whatever was answered.
    pub(super) fn came(&self) -> Vec<Vec<String>> {
        self.0.lock().unwrap().came.clone()
    }

    pub(super) fn deliveries(&self) -> usize {
        self.0.lock().unwrap().came.len()
    }

    pub(super) fn made(&self) -> usize {
        self.0.lock().unwrap().made
    }

    pub(super) fn closed(&self) -> usize {
        self.0.lock().unwrap().closed
    }
}

pub(super) fn report(report: impl FnOnce() -> Report + Send + 'static) -> Answer {
    Answer::Report(Box::new(report))
}

pub(super) fn again() -> Answer {
    report(|| Report::again("it is away"))
}

pub(super) struct Scripted(pub(super) Target);

impl Transport for Scripted {
    type Item = ();

    async fn deliver(&mut self, records: &Records<()>) -> Report {
        let texts: Vec<String> = records.iter().map(|(text, ())| String::from_utf8_lossy(text).into_owned()).collect();
        let answer = {
            let mut state = self.0.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let poisoned = state.poison.is_some_and(|poison| texts.iter().any(|text| text == poison));
            state.came.push(texts);
            if poisoned {
                drop(state);
                panic!("poison");
            }
            match state.answers.pop_front() {
                Some(answer) => answer,
                None if state.usual.is_some() => again(),
                None => return Report::delivered(),
            }
        };
        match answer {
            Answer::Report(report) => report(),
            Answer::Panic => panic!("as told"),
            Answer::Hang => pending().await,
        }
    }

    async fn close(&mut self) {
        self.0.0.lock().unwrap().closed += 1;
    }

    fn restore(shown: &[u8], text: &mut Vec<u8>) -> Option<()> {
        text.extend_from_slice(shown);
        Some(())
    }
}

/// A sink with its target.
pub(super) struct Rig {
    pub(super) target: Target,
    pub(super) sinks: Sinks,
    pub(super) clock: ManualClock,
    pub(super) sink: Worker<Scripted>,
}

pub(super) fn rig(options: Options) -> Rig {
    let clock = ManualClock::new(Time::EPOCH);
    let sinks = Sinks::new(clock.clock());
    Rig::within(sinks, clock, options)
}

pub(super) fn rig_with_letters(folder: Folder, options: Options) -> Rig {
    let clock = ManualClock::new(Time::EPOCH);
    let sinks = Sinks::with_letters(clock.clock(), folder);
    Rig::within(sinks, clock, options)
}

impl Rig {
    fn within(sinks: Sinks, clock: ManualClock, options: Options) -> Rig {
        let target = Target::default();
        let beyond = target.clone();
        let make = move || {
            beyond.0.lock().unwrap().made += 1;
            Scripted(beyond.clone())
        };
        let sink = sinks.open("test target", &options, make);
        Rig { target, sinks, clock, sink }
    }

    pub(super) fn push(&self, texts: &[&str]) {
        for text in texts {
            self.push_for(&Token::none(), text);
        }
    }

    pub(super) fn push_for(&self, token: &Token, text: &str) {
        self.sink.text(token, |out| out.extend_from_slice(text.as_bytes()));
    }

    pub(super) fn stats(&self) -> SinkStats {
        self.sinks.stats().remove(0)
    }

    /// Waits until something is true while the time stands still.
    pub(super) fn until(&self, what: &str, mut is_true: impl FnMut() -> bool) {
        let limit = Limit::after(PATIENCE);
        while !is_true() {
            assert!(!limit.left().is_zero(), "it never came about that {what}: {:?}, {:?}", self.stats(), self.target.came());
            thread::yield_now();
        }
    }

    /// Lets the time pass until something is true; returns how much has passed.
    pub(super) fn pass_until(&self, what: &str, mut is_true: impl FnMut() -> bool) -> Duration {
        let begun = self.clock.now();
        self.until(what, || {
            is_true() || {
                self.clock.advance(Duration::from_millis(1));
                false
            }
        });
        self.clock.now().since(begun)
    }

    /// Waits until all is done, while the time stands still.
    pub(super) fn done(&self) -> SinkStats {
        self.until("all is done", || {
            let stats = self.stats();
            stats.waiting + stats.sending == 0
        });
        self.stats()
    }

    pub(super) fn came(&self) -> Vec<Vec<String>> {
        self.target.came()
    }

    /// Returns what was given up, and why.
    pub(super) fn dead(&self) -> Vec<(String, String)> {
        self.sinks.dead_letters().into_iter().map(|letter| (letter.content, letter.reason)).collect()
    }
}

/// Makes rows of `came` readable.
pub(super) fn texts<const N: usize>(rows: [&[&str]; N]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|text| (*text).to_owned()).collect()).collect()
}
