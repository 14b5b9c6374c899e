//! Members of groups that note when they start and stop, and crash when they are told.

use std::sync::{Arc, Mutex};

use fastts_core::__private::{Builder, Info, seal, start};
use fastts_core::runtime::{PipelineState, Running};
use fastts_core::{Batch, Context, Emit, Event, EventView, Policy, Stage};

use crate::kit::*;

/// What the members noted, as Erlang writes it.
#[derive(Clone, Default)]
pub(crate) struct Log(pub(crate) Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn note(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    /// Returns what was noted since the last call.
    pub(crate) fn take(&self) -> String {
        format!("[{}]", std::mem::take(&mut *self.0.lock().unwrap()).join(","))
    }
}

/// A member that is a pipeline: it crashes when an event names it.
#[derive(Clone)]
pub(crate) struct Crashes {
    name: &'static str,
    log: Log,
    lives: bool,
}

impl Stage<Event> for Crashes {
    type Out = Event;

    fn start(&mut self, _: &mut Context) {
        self.log.note(format!("{{start,{}}}", self.name));
        self.lives = true;
    }

    fn item(&mut self, item: EventView<'_>, _: &mut Context, _: &mut impl Emit<Event>) {
        if item.service() == Some(self.name) {
            self.lives = false;
            panic!("as it was told");
        }
    }
}

impl Drop for Crashes {
    fn drop(&mut self) {
        if self.lives {
            self.log.note(format!("{{stop,{},shutdown}}", self.name));
        }
    }
}

/// Adds a pipeline that crashes when an event names it, and notes its life.
pub(crate) fn member(builder: &mut Builder, name: &'static str, log: &Log) {
    let log = log.clone();
    builder.pipeline(Info::new(name, "", "", file!()), Policy::new(), move || {
        seal(start::<Event>().then(Crashes { name, log: log.clone(), lives: false }))
    });
}

/// Adds a pipeline that does nothing.
pub(crate) fn idle(builder: &mut Builder, name: &'static str) {
    builder.pipeline(Info::new(name, "", "", file!()), Policy::new(), || seal(start::<Event>().then(Each(|_| ()))));
}

/// Tells a member to crash.
pub(crate) async fn crash(running: &Running, name: &str) {
    running.deliver(Batch::of([Event::new().with_service(name).with_metric(-1).view()])).await.unwrap();
}

/// Waits until a member has crashed so often and what became of it is done.
pub(crate) async fn has_settled(running: &Running, name: &str, crashes: u64) {
    patiently(async {
        // in this order: one that has panicked says so last
        while stats(running, name).panics != crashes || running.stats().iter().any(|one| one.state == PipelineState::BackingOff) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
