//! Every stage alone, and in a block of `by`: what the laws are checked on.

use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use fastts_core::{Context, Emit, Event, Flow, Item, Pipe, Router, Stage, Then, router};

/// What came out, of which [`note`], when, as text.
pub(crate) type Noted = (usize, i64, String);

thread_local! {
    /// Where the next chains that are built on this thread note what comes out.
    static NOTES: RefCell<Arc<Mutex<Vec<Noted>>>> = RefCell::default();
    /// The place of the next [`note`] among those of its router.
    static PLACE: Cell<usize> = const { Cell::new(0) };
}

/// Has the chains of a router, which are built from now on, note what comes out into a list of its own.
pub(crate) fn new_notes() -> Arc<Mutex<Vec<Noted>>> {
    let notes = Arc::default();
    NOTES.set(Arc::clone(&notes));
    PLACE.set(0);
    notes
}

/// Takes what was noted; what came out of one place in order, place by place.
pub(crate) fn take(notes: &Mutex<Vec<Noted>>) -> Vec<Noted> {
    let mut notes = std::mem::take(&mut *notes.lock().unwrap_or_else(PoisonError::into_inner));
    notes.sort_by_key(|(place, ..)| *place);
    notes
}

/// Notes what comes, on whatever thread.
pub(crate) fn note<I: Item, E: Item + Debug, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, Note>> {
    let place = PLACE.replace(PLACE.get() + 1);
    flow.into_pipe().then(Note { place, notes: NOTES.with_borrow(Arc::clone) })
}

#[derive(Clone)]
pub(crate) struct Note {
    place: usize,
    notes: Arc<Mutex<Vec<Noted>>>,
}

impl<I: Item + Debug> Stage<I> for Note {
    type Out = I;

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let noted = (self.place, cx.now.as_micros(), format!("{:?}", I::keep(item)));
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(noted);
        out.emit(item, cx);
    }
}

/// A stage, or several, with a router that runs it alone and one that runs it by host.
pub(crate) struct Every {
    pub(crate) text: &'static str,
    pub(crate) alone: fn() -> Router,
    pub(crate) by_host: fn() -> Router,
    /// It emits for ever while nothing comes: too long for the ends of time.
    pub(crate) ticks: bool,
    /// What it does depends on what its router shares, which has a timer of its own: live it is a source, and comes at about its time.
    pub(crate) shares: bool,
}

macro_rules! every {
    ($(calm { $($calm:tt)* })* $(ticks { $($ticks:tt)* })* $(shares { $($shares:tt)* })*) => {
        /// All of them.
        pub(crate) fn all() -> Vec<Every> {
            vec![$(every!(@one false false $($calm)*),)* $(every!(@one true false $($ticks)*),)* $(every!(@one false true $($shares)*)),*]
        }
    };
    (@one $ticks:literal $shares:literal $($stages:tt)*) => {
        Every {
            text: stringify!($($stages)*),
            alone: {
                router! { #[allow(unbounded_keys)] pipeline "alone" { $($stages)*; note } }
                router
            },
            by_host: {
                router! { #[allow(unbounded_keys)] pipeline "by host" { by(host) { $($stages)*; note } } }
                router
            },
            ticks: $ticks,
            shares: $shares,
        }
    };
}

every! {
    calm { under(0) }
    calm { over(0) }
    calm { within(-1, 1) }
    calm { without(-1, 1) }
    calm { scale(-1); scale(0.5) }
    calm { adjust(service, |service| service.map(str::to_uppercase)) }
    calm { adjust(metric, |metric| metric.times(metric).plus(1.into())) }
    calm { filter(|event| event.host().is_some()) }
    calm { map(|event| event.metric().as_f64()); filter_map(|metric| *metric) }
    calm { filter_map(|event| event.ttl()) }
    calm { flat_map(|event| [event.to_owned(), event.to_owned()]) }
    calm { inspect(|_| {}) }
    calm { tap("x"); tap }
    calm { meter("x"); count_as("y {service}"); serve(0u64, |count, event| { *count += 1; event.metric().times((*count as i64).into()) }) }
    calm { publish("x"); publish("y") }
    calm { tag(["x", "y"]) }
    calm { untag("x") }
    calm { tagged_all(["x"]) }
    calm { tagged_any(["x", ""]) }
    calm { default(state = "x", ttl = 1, metric = 1, host = "h", service = "s", description = "d", time = 1, tags = ["t"]) }
    calm { with(state = service, metric = metric / 0 % 7, attribute("k") = host, time = None) }
    calm { where(metric > ttl || time < 3 || attribute("k") == state || tagged("x") || expired) }
    calm { where(host =~ "^a" || service =~ "[0-9]$|.b" || state =~ "x$" || description =~ "y") }
    calm { expired }
    calm { not_expired }
    calm { expire }
    calm { sreduce(|sum, event| { let metric = sum.metric().plus(event.metric()); sum.with_metric(metric) }) }
    calm { sreduce(|count, _| count + 1, 0u64) }
    calm { throttle(1, 2s) }
    calm { stable(1s, state) }
    calm { stable_by(36500d, |event| event.metric()) }
    calm { changed(host, metric, ttl, time) }
    calm { changed_by(|event| event.metric(), init = 1) }
    calm { changed_pairs(state, init = "x") }
    calm { changed_state(init = "ok") }
    calm { runs(2, metric) }
    calm { runs_by(1, |event| event.ttl()) }
    calm { moving_event_window(3) }
    calm { fixed_event_window(3) }
    calm { by(service, limit = 100) { by(metric, idle = 1h) { stable(500ms, state) } } }
    calm { by_value(|event| event.ttl()) { throttle(1, 1s); changed(state) } }
    calm { split { metric > 0 => runs(2, state), state == None => { by(host) { changed(metric) } }, _ => throttle(1, 1s) } }
    calm { tee { { stable(1s, host); note } { changed(state); note } } }
    calm { ewma_timeless(0.25) }
    calm { ewma(2s) }
    calm { counter }
    calm { counter(5) }
    calm { ddt }
    calm { clock_skew }
    calm { predict_linear(3, 10s) }
    calm { predict_linear(2, 1s, refit = 3s) }
    calm { above_for(1, 2s) }
    calm { below_for(3, 2s) }
    calm { between_for(0, 3, 500ms) }
    calm { debounce(1s) }
    calm { deadman(2s, state = "gone") }
    calm { moving_time_window(2s, limit = 5) }
    calm { moving_time_window(1s); sum }
    calm { fixed_time_window(2s, limit = 5) }
    calm { fixed_time_window(1s, lateness = 1500ms, late = |event| drop(event.to_owned())); product }
    calm { fixed_offset_time_window(1s); std_dev }
    calm { fixed_offset_time_window(3s, lateness = 1s); count }
    calm { batch(3, 2s) }
    calm { batch(2, 1s); sorted_sample([0.5, 1.0]) }
    calm { rollup(1, 2s, limit = 2) }
    calm { rollup(2, 1s); sflatten }
    calm { project(host == "a", metric > 1, expired) }
    calm { project(service == "s", service == "t"); tee { { quotient; note } { quotient_sloppy; note } { difference; note } } }
    calm { join(state == "ok", state == "bad" && metric > 0) }
    calm { apdex(2s, metric < 1, metric < 3) }
    calm { top(2, metric) }
    calm { top(1, metric, time) { note }; scale(2) }
    calm { top_by(2, |event| event.ttl(), demote = true) }
    calm { top_by(1, |event| event.state().map(str::to_owned)) { stable(1s, state); note } }
    calm { moving_event_window(4); tee { { mean; note } { maximum; note } { minimum; note } { median; note } { mode; note } { modes; note } } }
    calm { moving_event_window(3); tee { { extremum(|a, b| a > b); note } { fold(|a, b| a.times(b)); note } { sorted_sample_extract([0, 1]); note } } }
    calm { moving_event_window(2); combine(fastts_core::folds::mean) }
    ticks { coalesce(1s) }
    ticks { coalesce(2s, state, limit = 2) }
    ticks { coalesce_by(1s, |event| event.metric() > 1); sum }
    ticks { percentiles(1s, [0.0, 0.5, 1.0]) }
    ticks { percentiles(2s, [(0.9, " high")], limit = 3) }
    ticks { quantiles(1s, [0.0, 0.5, 1.0]) }
    ticks { fold_interval(1s, state, |window| window.iter().filter_map(|event| event.state()).collect::<String>()) }
    ticks { fold_interval_metric(2s, |metrics| metrics.iter().fold(0.0, |a, b| a + b), limit = 3) }
    ticks { rate(1) }
    ticks { rate(100ms); rate(0.7) }
    ticks { ddt(1s) }
    ticks { ddt(2s); interpolate_constant(500ms) }
    ticks { fill_in(2s, Event::new().with_service("filled")) }
    ticks { fill_in_last(2s, state = "filled", metric = metric + 1) }
    ticks { interpolate_constant(1s) }
    ticks { rate(1); debounce(500ms); above_for(0, 1s) }
    ticks { interpolate_constant(1s); fill_in_last(300ms); deadman(2s); ewma(1s) }
    shares { index }
    shares { index; where(metric > 0); delete_from_index; delete_from_index(host, metric) }
}

const TABLE: &[(&str, &str)] = fastts_core::__private::builtin_stages!();

/// Those of which the laws are checked elsewhere, or that have an effect outside.
const NOT_HERE: &[&str] = &["stdout", "log", "pool", "map_async"];

#[test]
fn the_laws_are_checked_on_every_stage() {
    let all = all();
    for (name, _) in TABLE.iter().filter(|(name, _)| !NOT_HERE.contains(name)) {
        let word = name.trim_end_matches('_');
        let is_used = |text: &str| text.split(|one: char| !one.is_alphanumeric() && one != '_').any(|used| used == word);
        assert!(all.iter().any(|every| is_used(every.text)), "`{name}` is in no row of `every!`");
    }
}
