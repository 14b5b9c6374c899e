//! One pipeline at run time: where and when its chain runs.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};

use super::calls::Calls;
use super::chunk::{Rest, Wait};
use super::cost::BUDGET;
use super::demand::Demand;
use super::groups::told;
use super::letters::Letters;
use super::lifecycle::{Phase, WorkerState};
use super::linked::{Linked, Membership};
use super::mailbox::{Entry, Mailbox};
use super::publishing::DeliveryPass;
use super::reserve::Reserve;
use super::stats::Counters;
use super::status::StatusSnapshot;
use super::supervisor::Supervisor;
use super::timers::Timers;
use crate::chain::boundaries::Boundaries;
use crate::chain::services::Services;
use crate::clock::{Clock, may_block};
use crate::engine::assembly::Assembly;
use crate::engine::groups::policy::OnStop;
use crate::engine::router::{Pipeline, Run};
use crate::engine::seat::Seat;
use crate::model::any_batch::{Selection, SharedBatch};
use crate::model::panics::catch;
use crate::model::token::Outcome;

/// What the pipelines of a run-time share.
#[derive(Debug)]
pub(crate) struct RuntimeShared {
    pub(crate) services: Services,
    pub(crate) clock: Clock,
    pub(crate) timers: Arc<Timers>,
    pub(crate) supervisor: Supervisor,
    pub(crate) letters: Arc<Letters>,
    pub(crate) handle: Handle,
    /// Is told when a pipeline may have become idle.
    pub(crate) idle: Notify,
    pub(crate) draining: AtomicBool,
    /// What becomes of a pipeline that has panicked too often, and the first of them when the program is to end.
    pub(crate) on_stop: OnStop,
    /// The threads that take the place of those that stages keep.
    pub(crate) reserve: Option<Reserve>,
    pub(crate) failed: watch::Sender<Option<&'static str>>,
    /// How many bytes the stages of a pipeline may hold.
    pub(crate) max_held: usize,
    /// The drain took too long: whatever runs stops at the next chunk.
    pub(crate) abandoned: AtomicBool,
}

/// A pipeline at run time.
///
/// # Design
/// Two locks, always in this order. `core` is held while the chain runs, that of the mailbox for a moment only. Three rules
/// keep the order of each source:
/// - a chain runs where its data is only with `core` locked and the mailbox seen empty under that lock;
/// - items leave the mailbox only with `core` locked, and have run, or are back at the front, before it is unlocked;
/// - a source hands over its next batch when the last one has run or is in the mailbox.
pub(crate) struct Worker {
    pub(crate) pipeline: Pipeline,
    pub(crate) index: usize,
    pub(crate) env: Arc<RuntimeShared>,
    pub(crate) mailbox: Mailbox,
    /// How many deliveries wait for room in the mailbox.
    pub(crate) waiters: AtomicUsize,
    /// Since when deliveries wait and none is accepted: the reading of the clock and one; zero while that is not so.
    pub(super) refuses_since: AtomicU64,
    /// Whether its job runs the chain at the moment, and not who brings the data.
    pub(super) in_job: AtomicBool,
    pub(crate) counters: Counters,
    pub(super) calls: Calls,
    /// How many items it takes at once, if that is bounded.
    pub(super) demand: Option<Demand>,
    /// The pipelines that topics connect with it.
    pub(super) membership: Option<Membership>,
    /// Where items leave its chain and come back.
    pub(super) boundaries: Option<Arc<Boundaries>>,
    /// Whether subscribers have no room for what it has published; a copy of what `core` knows.
    pub(super) blocked: AtomicBool,
    /// Those who subscribe to what it publishes, by topic; found once everything is built.
    takers: OnceLock<Vec<(Arc<str>, Vec<Arc<Worker>>)>>,
    core: Mutex<WorkerState>,
    pub(super) seen: Mutex<StatusSnapshot>,
    /// Somebody wants `seen` brought up to date.
    pub(super) look: AtomicBool,
    /// Whether its group wants it held: see `groups::orders`.
    pub(super) told: AtomicU8,
}

/// How far a pipeline came with a batch, where the batch is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InlineOutcome {
    /// It ran all of it, or dropped it because it is stopped.
    Done,
    /// The rest, from this place on, is for the mailbox.
    Queue(usize),
    /// Another connection runs it right now, and not for long.
    Busy,
    /// A stage panicked: the rest, from this place on, waits at the front of the mailbox.
    Panicked(usize),
}

/// Makes the workers of pipelines whose chains were built, and connects those that topics connect.
pub(crate) fn start(assembly: &Assembly, seats: Vec<Seat>, env: &Arc<RuntimeShared>) -> Vec<Arc<Worker>> {
    let pipelines = assembly.pipelines();
    let mut linked = assembly.routes.groups();
    // Those that always run in tasks of their own have no order with others.
    linked.iter_mut().for_each(|members| members.retain(|&member| pipelines[member].policy().run != Run::Task));
    let mut memberships: Vec<Option<Membership>> = vec![None; pipelines.len()];
    for members in &linked {
        let linked = Linked::new(members.len());
        for (place, &member) in members.iter().enumerate() {
            memberships[member] = Some(Membership { linked: Arc::clone(&linked), place });
        }
    }
    let worker =
        |(index, (seat, membership)): (usize, _)| Arc::new(Worker::new(pipelines[index].clone(), index, seat, membership, Arc::clone(env)));
    let workers: Vec<Arc<Worker>> = seats.into_iter().zip(memberships).enumerate().map(worker).collect();
    workers.iter().for_each(Worker::meet_boundaries);
    workers.iter().for_each(Worker::meet_demand);
    for (index, worker) in workers.iter().enumerate() {
        let takers = |takers: &[usize]| takers.iter().map(|&taker| Arc::clone(&workers[taker])).collect();
        worker.feeds(assembly.routes.from(index).map(|(topic, to)| (Arc::clone(topic), takers(to))).collect());
    }
    for members in &linked {
        if let Some(Membership { linked, .. }) = members.first().and_then(|&member| workers[member].membership.as_ref()) {
            linked.set_members(members.iter().map(|&member| Arc::downgrade(&workers[member])).collect());
        }
    }
    workers
}

impl Worker {
    pub(crate) fn new(pipeline: Pipeline, index: usize, seat: Seat, membership: Option<Membership>, env: Arc<RuntimeShared>) -> Worker {
        let policy = pipeline.policy();
        let mailbox = Mailbox::new(policy.mailbox, policy.mailbox_bytes, policy.overflow);
        let core = WorkerState::live(seat, policy.held.unwrap_or(env.max_held));
        let boundaries = env.services.outside.as_ref().map(|outside| outside.of(pipeline.name()));
        let demand = policy.demand.map(Demand::new);
        Worker {
            pipeline,
            index,
            env,
            mailbox,
            waiters: AtomicUsize::new(0),
            refuses_since: AtomicU64::new(0),
            in_job: AtomicBool::new(false),
            counters: Counters::default(),
            calls: Calls::default(),
            demand,
            membership,
            boundaries,
            blocked: AtomicBool::new(false),
            takers: OnceLock::new(),
            core: Mutex::new(core),
            seen: Mutex::new(StatusSnapshot::new()),
            look: AtomicBool::new(false),
            told: AtomicU8::new(told::NOTHING),
        }
    }

    /// Says who subscribes to what it publishes.
    pub(crate) fn feeds(&self, takers: Vec<(Arc<str>, Vec<Arc<Worker>>)>) {
        let _ = self.takers.set(takers);
    }

    /// Returns those who subscribe to a topic that it publishes.
    pub(super) fn takers(&self, topic: &str) -> &[Arc<Worker>] {
        let takers = self.takers.get().map_or(&[][..], Vec::as_slice);
        takers.iter().find(|(one, _)| **one == *topic).map_or(&[], |(_, takers)| takers)
    }

    /// Returns true when where a topic goes was looked at.
    pub(super) fn feeds_topic(&self, topic: &str) -> bool {
        self.takers.get().is_some_and(|takers| takers.iter().any(|(one, _)| **one == *topic))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, WorkerState> {
        // All that can panic under this lock is caught under it.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, WorkerState>> {
        match self.core.try_lock() {
            Ok(core) => Some(core),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Runs items here and now, as far as the pipeline is free, idle and cheap.
    pub(crate) fn run_here(self: &Arc<Self>, items: &Selection<'_>, pass: &mut DeliveryPass) -> InlineOutcome {
        let Range { start, end } = items.range();
        let run = self.pipeline.policy().run;
        if pass.instant.is_none() {
            self.catch_up(|| self.env.clock.time(pass.stamp));
        }
        if run == Run::Task || !self.mailbox.is_empty() {
            return InlineOutcome::Queue(start);
        }
        let Some(mut core) = self.try_lock() else {
            return if self.mailbox.has_job() { InlineOutcome::Queue(start) } else { InlineOutcome::Busy };
        };
        let core = &mut *core;
        match core.phase {
            Phase::Live => {}
            Phase::Stopped(_) => {
                self.counters.here.add(items.len() as u64);
                self.counters.dropped.add(items.len() as u64);
                items.note(Outcome::Stopped);
                return InlineOutcome::Done;
            }
            Phase::BackingOff(_) | Phase::Finished => return InlineOutcome::Queue(start),
        }
        if core.blocked.is_some() || self.is_full() || !self.mailbox.is_empty() {
            return InlineOutcome::Queue(start);
        }
        let begin = pass.stamp;
        let mut from = start;
        let here = loop {
            if from == end {
                break InlineOutcome::Done;
            }
            if core.blocked.is_some() {
                break InlineOutcome::Queue(from);
            }
            if run != Run::Inline && (core.cost.is_slow() || pass.stamp.since(begin) > BUDGET) {
                break InlineOutcome::Queue(from);
            }
            let to = end.min(from + core.cost.chunk());
            let unknown = core.cost.is_unknown();
            let mut chunk = || self.chunk(core, std::iter::once(items.part(from..to)), pass);
            match if unknown { may_block(chunk) } else { chunk() } {
                Ok(()) => from = to,
                Err(Rest { why: Wait::Room, place, .. }) => {
                    // The rest is for the mailbox, so that whoever brings it waits when that is full.
                    from = place.unwrap_or(from);
                    break InlineOutcome::Queue(from);
                }
                Err(Rest { why: Wait::Restart, part, place }) => {
                    let rest = if part == 0 { place.unwrap_or(from) } else { to };
                    // The rest is accepted, too: it goes to the front of the mailbox, whatever the room.
                    from = end;
                    break InlineOutcome::Panicked(rest);
                }
            }
        };
        self.counters.here.add((from - start) as u64);
        if self.look.load(Ordering::Relaxed) {
            self.answer(core);
        }
        here
    }

    /// Puts what is left of a batch after a panic to the front of the mailbox.
    pub(crate) fn put_back(self: &Arc<Self>, batch: SharedBatch, range: Range<usize>) {
        match self.mailbox.put_back([Entry::new(batch, range)].into()) {
            Ok(true) => self.spawn(),
            Ok(false) => {}
            Err(entries) => self.bury(entries),
        }
    }

    /// Starts a job, unless there is one.
    pub(crate) fn start_job(self: &Arc<Self>) {
        if self.mailbox.request_job() {
            self.spawn();
        }
    }

    /// Starts the job that was promised to the mailbox.
    ///
    /// It gets a thread of tokio's blocking pool, which lives until the mailbox is empty: the pipelines that come here may be
    /// slow, sleep even, and a task on a worker thread would take the connections along.
    pub(crate) fn spawn(self: &Arc<Self>) {
        let worker = Arc::clone(self);
        self.env.handle.spawn_blocking(move || {
            let mut taken = Vec::new();
            while worker.turn(&mut taken) {
                // The last holder of a batch drops it, and with it what is the user's.
                let _ = catch(|| taken.clear());
            }
            worker.env.idle.notify_waiters();
        });
    }

    /// Runs one chunk from the mailbox; returns false when the job is done.
    fn turn(self: &Arc<Self>, taken: &mut Vec<Entry>) -> bool {
        let core = &mut *self.lock();
        self.in_job.store(true, Ordering::Relaxed);
        let goes_on = self.turn_with(core, taken);
        self.in_job.store(false, Ordering::Relaxed);
        if self.look.load(Ordering::Relaxed) {
            self.answer(core);
        }
        if !goes_on {
            self.set_wake(core);
        }
        // What came back while the job was there was left to it.
        goes_on || self.has_come_back(core) && self.mailbox.request_job()
    }

    fn turn_with(self: &Arc<Self>, core: &mut WorkerState, taken: &mut Vec<Entry>) -> bool {
        if self.env.abandoned.load(Ordering::Relaxed) {
            self.mailbox.end_job();
            return false;
        }
        if core.blocked.is_some() {
            // Whoever carries what it has published starts another.
            self.mailbox.park();
            self.mailbox.end_job();
            return false;
        }
        match core.phase {
            Phase::Live => {}
            Phase::BackingOff(until) if self.env.clock.steady() >= until => {
                self.restart(core);
                return true;
            }
            Phase::BackingOff(_) => {
                self.mailbox.park();
                self.mailbox.end_job();
                return false;
            }
            Phase::Stopped(until) if self.env.clock.steady() >= until && !self.env.draining.load(Ordering::SeqCst) => {
                self.revive(core);
                return true;
            }
            Phase::Stopped(_) | Phase::Finished => {
                self.mailbox.end_job();
                return false;
            }
        }
        if self.boundaries.is_some() {
            self.take_back(core);
            if core.phase != Phase::Live || core.blocked.is_some() {
                return true;
            }
            if self.is_full() {
                self.tick(core);
                if !self.is_full() {
                    return true;
                }
                // What comes back starts another.
                self.mailbox.park();
                self.mailbox.end_job();
                return false;
            }
        }
        let Some(most) = self.may_take(core.cost.chunk()) else {
            self.tick(core);
            self.mailbox.park();
            self.mailbox.end_job();
            // What came back until now has started no job.
            return self.may_take(1).is_some() && self.mailbox.request_job();
        };
        self.mailbox.take(most, taken);
        if taken.is_empty() {
            self.tick(core);
            return !(core.phase == Phase::Live && self.mailbox.end_job_if_empty());
        }
        let came_with = self.lend(taken);
        let mut pass = DeliveryPass::new(self.env.clock.stamp());
        if let Err(Rest { part, place, .. }) = self.chunk(core, taken.iter().map(Entry::selection), &mut pass) {
            let mut rest: VecDeque<Entry> = taken.drain(part.min(taken.len())..).collect();
            // What goes back is not taken.
            for (entry, runs) in rest.iter_mut().zip(came_with.into_iter().flatten().skip(part)) {
                entry.batch.runs = runs;
            }
            if let Some((first, place)) = rest.front_mut().zip(place) {
                first.range.start = place;
            }
            // A job is there: this one.
            if let Err(entries) = self.mailbox.put_back(rest) {
                self.bury(entries);
            }
        }
        true
    }

    /// Tells the timers when the pipeline has to be woken, when nothing else will run it: after its job has ended.
    fn set_wake(&self, core: &mut WorkerState) {
        match core.phase {
            Phase::BackingOff(until) => self.env.timers.set(self.index, until),
            // A drain wakes nobody who is stopped.
            Phase::Stopped(until) if !self.env.draining.load(Ordering::SeqCst) => self.env.timers.set(self.index, until),
            // A panic in here is met, and dealt with, when the chain runs next.
            Phase::Live => self.set_timer(core.seat.due()),
            Phase::Stopped(_) | Phase::Finished => {}
        }
    }

    /// Fires timers, or ends the back-off; called by the timers, after they took the slot.
    ///
    /// A job that is there does the same between two chunks, and sets the slot again after it ended. Slot and mark are written
    /// and read in one order by both sides, so that one of them sees the other.
    pub(crate) fn wake(self: &Arc<Self>) {
        if self.mailbox.has_job() {
            return;
        }
        self.catch_up(|| self.env.clock.steady());
        let here = self.try_lock().is_some_and(|mut core| {
            let core = &mut *core;
            if core.blocked.is_some() {
                // As above; the job fires what is due.
                return true;
            }
            match core.phase {
                Phase::Live if self.fires_here(core) => {
                    self.tick(core);
                    true
                }
                Phase::Live => false,
                Phase::BackingOff(_) | Phase::Stopped(_) => false,
                Phase::Finished => true,
            }
        });
        if !here {
            self.start_job();
        }
    }

    /// Returns true when nothing waits and no job runs.
    pub(crate) fn is_idle(&self) -> bool {
        self.mailbox.is_empty() && !self.mailbox.has_job() && !self.blocked.load(Ordering::SeqCst) && self.under_way() == 0
    }

    /// Returns true when so many items have left the mailbox, and have run.
    pub(crate) fn is_past(&self, left: i64) -> bool {
        // Under the lock: what leaves the mailbox has run, or is back, when that is free again.
        self.try_lock().is_some_and(|_core| self.mailbox.look().left >= left)
    }

    /// Flushes the chain and refuses everything from here on; returns false when something came in between.
    pub(crate) fn finish(self: &Arc<Self>) -> bool {
        self.catch_up(|| self.env.clock.steady());
        let core = &mut *self.lock();
        if core.blocked.is_some() || self.under_way() > 0 || !self.mailbox.close_if_empty() {
            return false;
        }
        if !matches!(core.phase, Phase::Stopped(_)) {
            self.flush(core);
        }
        true
    }
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Worker({:?})", self.pipeline.name())
    }
}
