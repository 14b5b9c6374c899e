//! A finished pipeline: its chain behind one pointer, and what runs it through time.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::chain::context::Context;
use crate::chain::flow::Flow;
use crate::chain::marks::{Mark, Marks};
use crate::chain::replies::{Answer, Answered, ReplyOf, Unanswered};
use crate::chain::services::Services;
use crate::chain::stage::{Discard, Emit, Stage};
use crate::chain::watch::{self, Outline, Step};
use crate::chain::wiring::Link;
use crate::model::any_batch::{AnyBatch, Selection};
use crate::model::item::Item;
use crate::model::runs::Runs;
use crate::model::time::Time;
use crate::topics::{Announced, Outbox};

/// A chain whose type was erased: one dynamic call per batch, none between stages.
trait Chain: Send {
    fn start(&mut self, cx: &mut Context);
    /// Returns the place behind the last item that ran: the end, unless a boundary has no room for more.
    fn run(&mut self, selection: &Selection<'_>, cx: &mut Context, skipped: &mut usize) -> usize;
    fn deadline(&self) -> Option<Time>;
    fn held(&self) -> usize;
    fn tick(&mut self, cx: &mut Context);
    fn arrive(&mut self, cx: &mut Context);
    fn finish(&mut self, cx: &mut Context);
    fn links(&self, taken: u64) -> Vec<Link>;
    fn outline(&self) -> Vec<Outline>;
    fn watch(&mut self, batch: AnyBatch<'_>, index: usize, cx: &mut Context);
}

/// How many items are shown to stages that look ahead before they run.
const GROUP: usize = 32;

/// Returns how many of these indices, from the first on, follow one upon the other.
///
/// What needs no type of the chain's is not in [`Fused`], so that it is compiled here and not after every edit of a route.
fn side_by_side(picks: &[u32]) -> usize {
    picks.first().map_or(0, |&first| (first..).zip(picks).take_while(|(wanted, index)| wanted == *index).count())
}

/// A chain that takes `I`, and what takes what comes out of it.
struct Fused<I, S, E> {
    stage: S,
    end: E,
    item: PhantomData<fn(I)>,
}

impl<I: Item, S: Stage<I>, E: Emit<S::Out>> Fused<I, S, E> {
    /// A constant of its own, so that what nobody needs is not even compiled.
    const LOOKS_AHEAD: bool = S::WIRING.looks_ahead;
    const HAS_BOUNDARIES: bool = S::WIRING.boundaries > 0;

    /// Runs a range of a batch.
    ///
    /// The one place that runs the chain: of two, the compiler would make two copies of it, or one that is called for every item.
    #[inline(never)]
    fn run_range(&mut self, batch: &I::Batch, range: Range<usize>, cx: &mut Context) {
        I::each(batch, range, |index, item| {
            cx.index = index;
            self.stage.item(item, cx, &mut self.end);
        });
    }

    /// Runs a range of a batch as far as the boundaries of the chain have room; returns the index behind the last item that ran.
    fn run_while_room(&mut self, batch: &I::Batch, range: Range<usize>, cx: &mut Context) -> usize {
        for index in range.clone() {
            if cx.is_full() {
                return index;
            }
            cx.index = index;
            self.stage.item(I::get(batch, index), cx, &mut self.end);
        }
        range.end
    }

    /// Shows items to the stages that look ahead.
    fn show(&mut self, batch: &I::Batch, indices: impl Iterator<Item = usize>) {
        // A key that panics does so again when its item runs, and only then is it known which item that was.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            if let Some(look_ahead) = S::WIRING.look_ahead {
                indices.for_each(|index| look_ahead(&mut self.stage, I::get(batch, index), &mut |_| ()));
            }
            (S::WIRING.prefetch)(&mut self.stage);
        }));
    }
}

impl<I: Item, S: Stage<I>, E: Emit<S::Out> + Send> Chain for Fused<I, S, E> {
    fn start(&mut self, cx: &mut Context) {
        self.stage.start(cx);
    }

    fn run(&mut self, selection: &Selection<'_>, cx: &mut Context, skipped: &mut usize) -> usize {
        let (picks, range) = (selection.picks(), selection.range());
        // A batch of another type cannot come here: the router hands batches out by the type of their items.
        let Some(batch) = selection.batch().downcast::<I>() else { return range.end };
        let group = if Self::LOOKS_AHEAD { GROUP } else { usize::MAX };
        let mut place = range.start;
        while place < range.end {
            let end = range.end.min(place.saturating_add(group));
            match picks {
                None => {
                    if Self::LOOKS_AHEAD {
                        self.show(batch, place..end);
                    }
                    if Self::HAS_BOUNDARIES {
                        let ran = self.run_while_room(batch, place..end, cx);
                        if ran < end {
                            return ran;
                        }
                    } else {
                        self.run_range(batch, place..end, cx);
                    }
                }
                Some(picks) => {
                    let picks = &picks[place..end];
                    if Self::LOOKS_AHEAD {
                        self.show(batch, picks.iter().map(|&index| index as usize));
                    }
                    let mut from = 0;
                    while let Some(&first) = picks.get(from) {
                        let side_by_side = side_by_side(&picks[from..]);
                        let first = first as usize;
                        *skipped = first - (place + from);
                        if Self::HAS_BOUNDARIES {
                            let ran = self.run_while_room(batch, first..first + side_by_side, cx) - first;
                            if ran < side_by_side {
                                return place + from + ran;
                            }
                        } else {
                            self.run_range(batch, first..first + side_by_side, cx);
                        }
                        from += side_by_side;
                    }
                }
            }
            place = end;
        }
        range.end
    }

    fn deadline(&self) -> Option<Time> {
        self.stage.deadline()
    }

    fn held(&self) -> usize {
        self.stage.held()
    }

    fn tick(&mut self, cx: &mut Context) {
        self.stage.tick(cx, &mut self.end);
    }

    fn arrive(&mut self, cx: &mut Context) {
        self.stage.arrive(cx, &mut self.end);
    }

    fn finish(&mut self, cx: &mut Context) {
        self.stage.finish(cx, &mut self.end);
    }

    fn links(&self, taken: u64) -> Vec<Link> {
        let mut links = Vec::new();
        (S::WIRING.links)(&self.stage, taken, &mut links);
        links
    }

    fn outline(&self) -> Vec<Outline> {
        watch::outline::<I, S>()
    }

    fn watch(&mut self, batch: AnyBatch<'_>, index: usize, cx: &mut Context) {
        // As above.
        let Some(batch) = batch.downcast::<I>() else { return };
        watch::run(&mut self.stage, I::get(batch, index), cx, None);
    }
}

/// A finished pipeline that takes `I`, and replies as `A` says; what the expansion of `router!` ends each pipeline with.
pub struct Sealed<I, A = Unanswered> {
    chain: Box<dyn Chain>,
    /// How many boundaries stand at the top of the chain.
    boundaries: usize,
    marks: Box<Marks>,
    item: PhantomData<fn(I) -> A>,
}

/// Finishes a pipeline.
pub fn seal<F: Flow>(flow: F) -> Sealed<F::In> {
    Sealed::ending(flow, Discard)
}

/// Finishes a pipeline that is called: what comes out of it is the reply.
pub fn seal_call<R, O: ReplyOf<R>, F: Flow<Item = O>>(flow: F) -> Sealed<F::In, Answered<R>> {
    Sealed::ending(flow, Answer)
}

impl<I, A> Sealed<I, A> {
    fn ending<F: Flow<In = I>>(flow: F, end: impl Emit<F::Item> + Send + 'static) -> Sealed<I, A>
    where
        I: Item,
    {
        let (stage, marks) = flow.into_pipe().into_parts();
        debug_assert_eq!(marks.length(), F::Stage::WIRING.length, "all that a pipeline appends is counted");
        let chain = Box::new(Fused { stage, end, item: PhantomData::<fn(I)> });
        Sealed { chain, boundaries: F::Stage::WIRING.boundaries, marks: Box::new(marks), item: PhantomData }
    }

    /// Returns how many boundaries stand at the top of the chain.
    pub(crate) fn boundaries(&self) -> usize {
        self.boundaries
    }

    /// Brings the chain to life at `now`.
    pub(crate) fn into_machine(self, services: &Services, now: Time) -> Machine {
        let cx = Context::within(services, now);
        let (chain, marks) = (self.chain, self.marks);
        let mut machine = Machine { chain, marks, cx, skipped: 0, taken: 0, running: 0..0, announced: Vec::new() };
        machine.chain.start(&mut machine.cx);
        machine
    }
}

/// What went through a stage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passed {
    /// Which of the pipeline's own stages it is, as they were written; `None` when nobody wrote it.
    pub(crate) stage: Option<usize>,
    /// The type of the items that go in, as Rust names it.
    pub(crate) item: &'static str,
    /// How many items went in.
    pub(crate) taken: u64,
    /// How many came out; `None` at the end of the chain.
    pub(crate) emitted: Option<u64>,
}

/// A chain and its clock.
///
/// It knows nothing of the system's time: whoever holds it says what time it is, so that the same chain runs live, in tests
/// and in a replay.
pub(crate) struct Machine {
    chain: Box<dyn Chain>,
    /// Which of the chain's stages came of which written ones.
    marks: Box<Marks>,
    cx: Context,
    /// How much less the place of the item that runs is, among what was picked, than its index in the batch.
    skipped: usize,
    /// How many items were taken.
    taken: u64,
    /// What is running, or was when a stage panicked.
    running: Range<usize>,
    /// The topics on which it publishes.
    announced: Vec<Announced>,
}

/// How often timers may fire at one instant before they have to wait for the next call: a stage whose deadline never moves
/// must not stop the pipeline.
pub(crate) const TICKS_PER_INSTANT: usize = 10_000;

/// When the next timer of a chain fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due {
    /// At which instant.
    pub(crate) instant: Time,
    /// The timer was set at the very instant at which it is due. It fires after all items of that instant: when the time goes on.
    pub(crate) is_late: bool,
}

impl Due {
    /// Returns true when the timer fires before the items of `now`.
    pub(crate) fn is_before_items_of(self, now: Time) -> bool {
        if self.is_late { self.instant < now } else { self.instant <= now }
    }
}

impl Machine {
    /// Lets the time pass until `now`, firing timers in order, each at its own instant; the time never goes backwards.
    ///
    /// This is for a chain that no topic connects with others; for those that are, `engine::rounds` fires the timers.
    #[inline]
    pub(crate) fn advance(&mut self, now: Time) {
        if now > self.cx.now || self.cx.was_set() {
            self.advance_to(now);
        }
    }

    fn advance_to(&mut self, now: Time) {
        let mut rounds = 0;
        while let Some(due) = self.due().filter(|due| due.is_before_items_of(now)) {
            rounds = if due.is_late { rounds + 1 } else { 1 };
            if rounds > TICKS_PER_INSTANT {
                break;
            }
            self.fire(due.instant);
        }
        self.cx.set_now(self.cx.now.max(now));
    }

    /// Fires the timers that are due at `instant`, those of the stages downstream first; one that is set for this instant while
    /// they fire has to wait for another call.
    pub(crate) fn fire(&mut self, instant: Time) {
        self.cx.set_now(self.cx.now.max(instant));
        self.chain.tick(&mut self.cx);
    }

    /// Runs some items of a batch, at the time that `advance` was told last; returns the place behind the last that ran: the end, unless a
    /// boundary has no room for more.
    #[inline]
    pub(crate) fn run(&mut self, selection: &Selection<'_>) -> usize {
        self.skipped = 0;
        self.cx.index = selection.range().start;
        self.cx.picked = selection.picks().is_some();
        if !selection.batch().runs().is_none() {
            self.set_runs(selection.batch().runs());
        }
        self.running = selection.range();
        let end = self.chain.run(selection, &mut self.cx, &mut self.skipped);
        if !self.cx.runs.is_none() {
            // Timers, and what flushes, find none: what they emit comes of no item.
            self.set_runs(Runs::nothing());
        }
        self.taken += (end - self.running.start) as u64;
        self.running = 0..0;
        end
    }

    /// Says which tokens the items that run travel with; not inlined, so that a chain without any stays small.
    #[inline(never)]
    fn set_runs(&mut self, runs: &Runs) {
        self.cx.runs = runs.clone();
    }

    /// Runs one item of a batch while watching where it goes.
    pub(crate) fn watch(&mut self, batch: AnyBatch<'_>, index: usize) {
        self.skipped = 0;
        self.cx.index = index;
        self.cx.runs.clone_from(batch.runs());
        self.cx.watch = Some(Box::default());
        self.chain.watch(batch, index, &mut self.cx);
        self.cx.runs = Runs::none();
    }

    /// Takes what was seen of the item that was watched; after a panic, until then.
    pub(crate) fn take_steps(&mut self) -> Vec<Step> {
        self.cx.watch.take().map_or_else(Vec::new, |watch| watch.into_steps())
    }

    /// Says on which topics it publishes.
    pub(crate) fn announcing(self, announced: Vec<Announced>) -> Machine {
        Machine { announced, ..self }
    }

    /// Returns on which topics it publishes.
    pub(crate) fn announced(&self) -> &[Announced] {
        &self.announced
    }

    /// Returns what it has published.
    #[inline]
    pub(crate) fn outbox(&mut self) -> &mut Outbox {
        self.cx.outbox().0
    }

    /// Returns the stages of the chain.
    pub(crate) fn outline(&self) -> Vec<Outline> {
        self.chain.outline()
    }

    /// Returns which of the chain's stages came of which written ones.
    pub(crate) fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Returns the place, among what was picked, of the item that ran last: after a panic, the one that did it.
    pub(crate) fn at(&self) -> usize {
        self.cx.index - self.skipped
    }

    /// Returns when the next timer fires.
    #[inline]
    pub(crate) fn due(&self) -> Option<Due> {
        let (deadline, now) = (self.chain.deadline()?, self.cx.now);
        Some(Due { instant: deadline.max(now), is_late: deadline <= now })
    }

    /// Returns about how many bytes its stages hold.
    pub(crate) fn held(&self) -> usize {
        self.chain.held()
    }

    /// Has the boundaries emit what has come back to them.
    pub(crate) fn arrive(&mut self) {
        self.chain.arrive(&mut self.cx);
    }

    /// Flushes what the stages hold.
    pub(crate) fn finish(&mut self) {
        self.chain.finish(&mut self.cx);
    }

    /// Returns what went through each of the pipeline's written stages so far, and through those that nobody wrote.
    pub(crate) fn passed(&self) -> Vec<Passed> {
        // After a panic the items of the range up to the one that did it have been taken.
        let running = if self.running.is_empty() { 0 } else { self.at() + 1 - self.running.start };
        let links = self.chain.links(self.taken + running as u64);
        let mut passed = Vec::new();
        let mut add = |stage: Option<usize>, range: Range<usize>| {
            let emitted = links.get(range.end).map(|link| link.passed);
            passed.extend(links.get(range.start).map(|link| Passed { stage, item: link.item, taken: link.passed, emitted }));
        };
        let mut from = 0;
        for Mark { written, range } in self.marks.stages() {
            (from..range.start).for_each(|place| add(None, place..place + 1));
            // A function that appends nothing has nothing to count.
            if !range.is_empty() {
                add(Some(*written), range.clone());
            }
            from = range.end;
        }
        (from..links.len()).for_each(|place| add(None, place..place + 1));
        passed
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Machine at {}", self.cx.now)
    }
}

impl<I, A> fmt::Debug for Sealed<I, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed<{}>", std::any::type_name::<I>())
    }
}
