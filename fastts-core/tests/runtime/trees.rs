//! Trees of groups against a small model of OTP's rules: random trees, random crashes.

use std::time::Duration;

use fastts_core::__private::Builder;
use fastts_core::runtime::{GroupState, Options, Running};
use fastts_core::{GroupPolicy, Strategy, Time};
use proptest::prelude::{Just, Strategy as _, any, prop, prop_assert_eq, prop_oneof};
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::kit::*;
use crate::members::*;

/// A supervisor or a worker, as the model has it.
#[derive(Clone, Debug)]
enum Child {
    Worker { name: &'static str, is_up: bool },
    Supervisor { strategy: Strategy, restarts: usize, within: u64, crashes: Vec<Time>, children: Vec<Child> },
}

impl Child {
    fn start(&mut self, log: &mut Vec<String>) {
        match self {
            Child::Worker { name, is_up } => {
                log.push(format!("{{start,{name}}}"));
                *is_up = true;
            }
            Child::Supervisor { crashes, children, .. } => {
                crashes.clear();
                children.iter_mut().for_each(|child| child.start(log));
            }
        }
    }

    fn stop(&mut self, log: &mut Vec<String>) {
        match self {
            Child::Worker { name, is_up } => {
                if std::mem::take(is_up) {
                    log.push(format!("{{stop,{name},shutdown}}"));
                }
            }
            Child::Supervisor { children, .. } => children.iter_mut().rev().for_each(|child| child.stop(log)),
        }
    }

    /// Has a worker in it crash. Returns whether this child has come to its end by that, `None` when the worker is not in it.
    fn crash(&mut self, worker: &str, now: Time, log: &mut Vec<String>) -> Option<bool> {
        match self {
            Child::Worker { name, is_up } => (*name == worker).then(|| std::mem::take(is_up)),
            Child::Supervisor { strategy, restarts, within, crashes, children } => {
                let (place, has_ended) =
                    children.iter_mut().enumerate().find_map(|(place, child)| Some((place, child.crash(worker, now, log)?)))?;
                if !has_ended {
                    return Some(false);
                }
                crashes.retain(|crash| now.since(*crash) <= Duration::from_secs(*within));
                crashes.push(now);
                if crashes.len() > *restarts {
                    children.iter_mut().rev().for_each(|child| child.stop(log));
                    return Some(true);
                }
                let affected = match strategy {
                    Strategy::OneForOne => place..place + 1,
                    Strategy::OneForAll => 0..children.len(),
                    Strategy::RestForOne => place..children.len(),
                };
                children[affected.clone()].iter_mut().rev().for_each(|child| child.stop(log));
                children[affected].iter_mut().for_each(|child| child.start(log));
                Some(false)
            }
        }
    }

    /// Writes the tree as a router has it.
    fn build(&self, groups: &mut impl Iterator<Item = &'static str>, builder: &mut Builder, log: &Log) {
        match self {
            Child::Worker { name, .. } => member(builder, name, log),
            Child::Supervisor { strategy, restarts, within, children, .. } => {
                let policy = GroupPolicy::new().strategy(*strategy).restart(*restarts as u32, Duration::from_secs(*within));
                builder.open_group(groups.next().unwrap(), "", policy);
                children.iter().for_each(|child| child.build(groups, builder, log));
                builder.close_group();
            }
        }
    }

    fn name_workers(&mut self, names: &mut impl Iterator<Item = &'static str>) {
        match self {
            Child::Worker { name, .. } => *name = names.next().unwrap(),
            Child::Supervisor { children, .. } => children.iter_mut().for_each(|child| child.name_workers(names)),
        }
    }

    fn workers(&self) -> Vec<&'static str> {
        match self {
            Child::Worker { name, .. } => vec![name],
            Child::Supervisor { children, .. } => children.iter().flat_map(Child::workers).collect(),
        }
    }
}

const WORKERS: [&str; 27] = [
    "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9", "w10", "w11", "w12", "w13", "w14", "w15", "w16", "w17", "w18", "w19", "w20",
    "w21", "w22", "w23", "w24", "w25", "w26", "w27",
];
const GROUPS: [&str; 13] = ["g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8", "g9", "g10", "g11", "g12", "g13"];

fn supervisor(children: impl prop::strategy::Strategy<Value = Child> + Clone) -> impl prop::strategy::Strategy<Value = Child> + Clone {
    let strategy = prop_oneof![Just(Strategy::OneForOne), Just(Strategy::OneForAll), Just(Strategy::RestForOne)];
    let parts = (strategy, 0..4_usize, 1..4_u64, prop::collection::vec(children, 1..4));
    parts.prop_map(|(strategy, restarts, within, children)| Child::Supervisor { strategy, restarts, within, crashes: Vec::new(), children })
}

fn tree() -> impl prop::strategy::Strategy<Value = Child> {
    let worker = Just(Child::Worker { name: "", is_up: true });
    let one = supervisor(worker.clone());
    let two = supervisor(prop_oneof![2 => worker.clone().boxed(), 1 => one.boxed()]);
    supervisor(prop_oneof![2 => worker.boxed(), 1 => two.boxed()]).prop_map(|mut tree| {
        tree.name_workers(&mut WORKERS.into_iter());
        tree
    })
}

#[test]
fn random_trees_do_what_a_model_of_otp_does() {
    let mut runner = TestRunner::new(Config { cases: Config::default().cases / 4, failure_persistence: None, ..Config::default() });
    let script = prop::collection::vec((any::<prop::sample::Index>(), 0..1_500_u64), 0..12);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runner.run(&(tree(), script), |(tree, script)| runtime.block_on(compare(tree, script))).unwrap();
}

async fn compare(mut model: Child, script: Vec<(prop::sample::Index, u64)>) -> Result<(), TestCaseError> {
    let (clock, log, mut builder) = (clock(), Log::default(), Builder::new());
    model.build(&mut GROUPS.into_iter(), &mut builder, &log);
    let running = Running::start(builder.build(), Options::new().clock(clock.clock())).unwrap();
    let mut wanted = Vec::new();
    model.start(&mut wanted);
    let workers = model.workers();
    let mut crashes = vec![0; workers.len()];
    let mut has_ended = false;
    for (worker, pause) in script {
        if has_ended {
            break;
        }
        clock.advance(millis(pause));
        let worker = worker.index(workers.len());
        has_ended = model.crash(workers[worker], clock.now(), &mut wanted).unwrap();
        crashes[worker] += 1;
        crash(&running, workers[worker]).await;
        has_settled(&running, workers[worker], crashes[worker]).await;
        let state = running.groups()[0].state;
        prop_assert_eq!(state == GroupState::Stopped, has_ended);
    }
    prop_assert_eq!(log.take(), format!("[{}]", wanted.join(",")));
    assert!(running.drain(PATIENCE).await.is_complete());
    let mut wanted = Vec::new();
    model.stop(&mut wanted);
    prop_assert_eq!(log.take(), format!("[{}]", wanted.join(",")), "at the end, the last first");
    Ok(())
}
