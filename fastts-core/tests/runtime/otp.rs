//! Groups do what OTP's supervisors do: each script of `oracles/otp.txt` is run here, and the logs are compared.

use std::collections::HashMap;
use std::sync::Arc;

use fastts_core::__private::Builder;
use fastts_core::runtime::{
    Description, GroupState, Intake, Lifetime, ManualClock, Options, Running, Source, SourceError, SourceState, Stop,
};
use fastts_core::{Event, GroupPolicy, Strategy};
use fastts_testkit::otp::{self, Act, Case, Plan};
use tokio::sync::{Mutex as AsyncMutex, mpsc};

use crate::kit::*;
use crate::members::*;

const ORACLE: &str = include_str!("../oracles/otp.txt");

/// Where OTP counts whole seconds, and our window is exact: two crashes that are 1.1 s apart are within one second for OTP. Here both are survived.
const DIFFERS: (&str, &str) = ("intensity 1 in 1 s: crash, 1.1 s later", "[{start,w1},{start,w1}]");

/// A member that is a source: it ends as it is told.
struct Ends {
    name: &'static str,
    log: Log,
    acts: Arc<AsyncMutex<mpsc::UnboundedReceiver<Act>>>,
}

impl Source for Ends {
    type Item = Event;

    fn describe(&self) -> Description {
        Description::new("test")
    }

    async fn run(&mut self, _: Intake, stop: Stop) -> Result<(), SourceError> {
        self.log.note(format!("{{start,{}}}", self.name));
        let mut acts = self.acts.lock().await;
        tokio::select! {
            biased;
            () = stop.requested() => {
                self.log.note(format!("{{stop,{},shutdown}}", self.name));
                Ok(())
            }
            act = acts.recv() => match act {
                Some(Act::Crash(_)) => panic!("as it was told"),
                _ => Ok(()),
            },
        }
    }
}

/// A group of the members of a script, which runs.
struct Rig {
    running: Running,
    clock: ManualClock,
    log: Log,
    plan: Plan,
    /// Tells members that are sources what to do.
    tell: HashMap<&'static str, mpsc::UnboundedSender<Act>>,
    /// How often each was told to crash.
    crashed: HashMap<String, u64>,
}

impl Rig {
    fn start(plan: Plan) -> Rig {
        let (clock, log) = (clock(), Log::default());
        let strategy = match plan.strategy {
            "one_for_one" => Strategy::OneForOne,
            "one_for_all" => Strategy::OneForAll,
            _ => Strategy::RestForOne,
        };
        let policy = GroupPolicy::new().strategy(strategy).restart(plan.restarts, millis(1_000 * plan.within));
        let mut builder = Builder::new();
        builder.open_group("g", "", policy);
        // what can end is a source
        let ends = plan.children.iter().any(|(_, lifetime)| *lifetime != "permanent");
        if ends {
            // a group holds a pipeline at least
            idle(&mut builder, "any");
        }
        for &(name, _) in plan.children.iter().filter(|_| !ends) {
            member(&mut builder, name, &log);
        }
        builder.close_group();
        let running = Running::start(builder.build(), Options::new().clock(clock.clock())).unwrap();
        let mut tell = HashMap::new();
        for &(name, lifetime) in plan.children.iter().filter(|_| ends) {
            let (sender, acts) = mpsc::unbounded_channel();
            tell.insert(name, sender);
            let (log, acts) = (log.clone(), Arc::new(AsyncMutex::new(acts)));
            let lifetime = match lifetime {
                "permanent" => Lifetime::Permanent,
                "transient" => Lifetime::Transient,
                _ => Lifetime::Temporary,
            };
            running.add_source_to("g", lifetime, name, move || Ends { name, log: log.clone(), acts: Arc::clone(&acts) }).unwrap();
        }
        Rig { running, clock, log, plan, tell, crashed: HashMap::new() }
    }

    async fn act(&mut self, act: &Act) {
        match act {
            Act::Sleep(time) => self.clock.advance(millis(*time)),
            Act::Crash(name) | Act::Normal(name) if !self.tell.is_empty() => {
                let (sources, lifetime) = (self.running.sources(), self.lifetime(name));
                let before = sources.iter().find(|one| &*one.name == name).unwrap().restarts;
                self.tell[&**name].send(act.clone()).unwrap();
                let is_crash = matches!(act, Act::Crash(_));
                let again = lifetime == "permanent" || lifetime == "transient" && is_crash;
                let (state, restarts) = if again { (SourceState::Running, before + 1) } else { (SourceState::Ended, before) };
                self.until(|running| {
                    let sources = running.sources();
                    let source = sources.iter().find(|one| &*one.name == name).unwrap();
                    (source.state, source.restarts) == (state, restarts)
                })
                .await;
            }
            Act::Crash(name) => {
                let crashes = self.crashed.entry(name.clone()).or_default();
                *crashes += 1;
                let crashes = *crashes;
                crash(&self.running, name).await;
                has_settled(&self.running, name, crashes).await;
            }
            Act::Normal(name) => panic!("a pipeline does not end: {name}"),
        }
    }

    fn lifetime(&self, name: &str) -> &'static str {
        self.plan.children.iter().find(|(one, _)| *one == name).unwrap().1
    }

    async fn until(&self, is_so: impl Fn(&Running) -> bool) {
        patiently(async {
            while !is_so(&self.running) {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Returns the members, the last first; `None` when the group has stopped.
    fn children(&self) -> Option<String> {
        let group = &self.running.groups()[0];
        let members = group.members.iter().rev().filter(|member| &*member.name != "any");
        let members: Vec<String> = members.map(|member| format!("{{{},{}}}", member.name, member.is_up)).collect();
        (group.state == GroupState::Running).then(|| format!("[{}]", members.join(",")))
    }
}

async fn run(case: &Case) -> Case {
    let mut rig = Rig::start(case.plan());
    let started: Vec<String> = rig.plan.children.iter().map(|(name, _)| format!("{{start,{name}}}")).collect();
    rig.until(|running| running.sources().iter().all(|one| one.state == SourceState::Running)).await;
    settle(&rig, started.len()).await;
    assert_eq!(rig.log.take(), format!("[{}]", started.join(",")), "{}: they start in order", case.title);
    for act in &case.acts {
        rig.act(act).await;
    }
    settle(&rig, 0).await;
    let (log, children) = (rig.log.take(), rig.children());
    assert!(rig.running.drain(PATIENCE).await.is_complete());
    let shutdown = children.is_some().then(|| rig.log.take());
    Case { title: case.title.clone(), acts: case.acts.clone(), log, children, shutdown }
}

/// Waits until so many lines are there, and lets sources that were told to run begin to.
async fn settle(rig: &Rig, lines: usize) {
    patiently(async {
        while rig.log.0.lock().unwrap().len() < lines {
            tokio::task::yield_now().await;
        }
    })
    .await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// What a supervisor of OTP 25 did, by tests/e2e/tests/otp/supervisor.erl: one that has ended is started with the others, a temporary one that was
/// stopped for another's sake is gone.
#[tokio::test]
async fn those_that_have_ended_start_with_the_others_and_temporary_ones_are_gone() {
    let children = &[("w1", "permanent"), ("w2", "transient"), ("w3", "temporary"), ("w4", "permanent")];
    let mut rig = Rig::start(Plan { strategy: "one_for_all", restarts: 3, within: 5, children });
    settle(&rig, 4).await;
    rig.log.take();
    rig.act(&Act::Normal("w2".to_owned())).await;
    rig.act(&Act::Crash("w4".to_owned())).await;
    settle(&rig, 5).await;
    assert_eq!(rig.log.take(), "[{stop,w3,shutdown},{stop,w1,shutdown},{start,w1},{start,w2},{start,w4}]");
    assert_eq!(rig.children().as_deref(), Some("[{w4,true},{w2,true},{w1,true}]"));
    assert!(rig.running.drain(PATIENCE).await.is_complete());
    assert_eq!(rig.log.take(), "[{stop,w4,shutdown},{stop,w2,shutdown},{stop,w1,shutdown}]");
}

#[tokio::test]
async fn every_script_gives_the_log_that_otp_gave() {
    let (cases, _) = otp::read(ORACLE);
    assert_eq!(cases.len(), 10);
    for case in &cases {
        let ours = tokio::time::timeout(PATIENCE, run(case)).await.unwrap_or_else(|_| panic!("it hangs: {case:?}"));
        if case.title.starts_with(DIFFERS.0) {
            assert_eq!(case.children, None, "OTP ends");
            assert_eq!((&*ours.log, ours.children.as_deref()), (DIFFERS.1, Some("[{w1,true}]")), "ours survives");
            continue;
        }
        assert_eq!(&ours, case);
    }
}
