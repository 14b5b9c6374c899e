//! Stages of a user's own: functions of stages, and types with state and timers.

use std::time::Duration;

use fastts_core::prelude::*;
use fastts_core::{Context, Emit, IsEvent, Key, Pipe, Replay, Stage, Then, stages};

use crate::harness::{self, seen};

/// Passes on what is cheap, tagged as such.
pub(crate) fn cheap<F: Flow<Item = Event>>(flow: F, limit: f64) -> impl Flow<In = F::In, Item = Event> {
    stages::tag(stages::under(flow, limit), "cheap")
}

/// How long the names of hosts are; a function of stages that changes the type.
fn lengths<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = usize> {
    stages::map(flow, |event| event.host().map_or(0, str::len))
}

/// Passes on the first of two cheap ones of each host; a function of stages that has a block.
fn first_of_two<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    let host = |event: EventView<'_>, key: &mut Key| key.part(event.host());
    stages::by(flow, host, |flow| stages::throttle(cheap(flow, 3.0), 1, 60))
}

/// Emits the last event when it is flushed, and nothing before.
pub(crate) fn last_at_the_end<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, LastAtTheEnd>> {
    flow.into_pipe().then(LastAtTheEnd(None))
}

#[derive(Clone)]
pub(crate) struct LastAtTheEnd(Option<Event>);

impl<I: Item> Stage<I> for LastAtTheEnd {
    type Out = Event;

    fn item(&mut self, item: I::View<'_>, _cx: &mut Context, _out: &mut impl Emit<Event>) {
        self.0 = I::as_event(item).map(Event::from_view);
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = self.0.take() {
            out.emit(event.view(), cx);
        }
    }
}

/// Emits every `interval`, from its start on, how many items came; none when fewer than `least` did.
fn pulse<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    interval: Duration,
) -> Pipe<I, Then<S, Pulse>> {
    flow.into_pipe().then(Pulse { interval, next: Time::MAX, count: 0, least: 0 })
}

#[derive(Clone)]
struct Pulse {
    interval: Duration,
    next: Time,
    count: i64,
    least: i64,
}

impl Pulse {
    fn least(self, least: i64) -> Pulse {
        Pulse { least, ..self }
    }
}

impl<I: Item> Stage<I> for Pulse {
    type Out = i64;

    fn start(&mut self, cx: &mut Context) {
        self.next = cx.now + self.interval;
    }

    fn item(&mut self, _item: I::View<'_>, _cx: &mut Context, _out: &mut impl Emit<i64>) {
        self.count += 1;
    }

    fn deadline(&self) -> Option<Time> {
        Some(self.next)
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<i64>) {
        if cx.now < self.next {
            return;
        }
        self.next = self.next + self.interval;
        let count = std::mem::take(&mut self.count);
        if count >= self.least {
            out.emit(count, cx);
        }
    }
}

/// Always wants to be called at once.
fn restless<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Restless>> {
    flow.into_pipe().then(Restless(None))
}

#[derive(Clone)]
struct Restless(Option<Time>);

impl<I: Item> Stage<I> for Restless {
    type Out = Event;

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.0 = Some(cx.now);
        if let Some(event) = I::as_event(item) {
            out.emit(event, cx);
        }
    }

    fn deadline(&self) -> Option<Time> {
        self.0
    }
}

rows! {
    a_function_of_stages_is_a_stage: { cheap(3.0); where(tagged("cheap")) } ["0 metric=2", "1 metric=3"] => ["0 metric=2 tags=cheap"];
    a_function_of_stages_may_stand_in_a_block: { by(host) { cheap(3.0); runs(2, state) } } ["0 host=a metric=1", "1 host=a metric=4", "2 host=a metric=2"]
        => ["2 host=a metric=2 tags=cheap"];
    a_function_of_stages_may_stand_in_blocks_of_blocks: { by(host) { by(service) { cheap(3.0); runs(2, state) } } }
        ["0 host=a service=x metric=1", "1 host=a service=y metric=1", "2 host=b service=x metric=1", "3 host=a service=x metric=2"]
        => ["3 host=a service=x metric=2 tags=cheap"];
    a_function_of_stages_may_have_a_block: { first_of_two } ["0 host=a metric=4", "1 host=a metric=1", "2 host=b metric=1", "3 host=a metric=1"]
        => ["1 host=a metric=1 tags=cheap", "2 host=b metric=1 tags=cheap"];
    a_function_with_a_block_may_stand_in_a_block: { by(service) { first_of_two } }
        ["0 host=a service=x metric=1", "1 host=a service=y metric=1", "2 host=a service=x metric=1"]
        => ["0 host=a service=x metric=1 tags=cheap", "1 host=a service=y metric=1 tags=cheap"];
    a_function_of_stages_may_change_the_type: { lengths; filter(|length| length > 1) } ["0 host=a", "1 host=ab"] => ["1 2"];
    a_function_is_found_by_its_path: { crate::own_stages::cheap(3.0) } ["0 metric=2"] => ["0 metric=2 tags=cheap"];
    a_type_of_ones_own_has_state_and_a_timer: { pulse(5s) } ["0", "1", "5", "12 …"] => ["5 2", "10 1"];
    a_type_of_ones_own_has_options: { pulse(5s, least = 2) } ["0", "1", "5", "12 …"] => ["5 2"];
    a_type_of_ones_own_starts_with_its_key: { by(host) { pulse(5s) } } ["0 host=a", "2 host=b", "3 host=b", "7 …"] => ["5 1", "7 2"];
    a_type_of_ones_own_in_every_kind_of_block: { tee { { pulse(5s); seen } }; split { host == "a" => pulse(3s), _ => pulse(4s) } } ["0 host=a", "5 …"]
        => ["3 1", "4 0", "5 1"];
}

#[test]
fn a_timer_that_never_moves_stops_nobody() {
    fastts_core::router! { pipeline "row" { restless; seen } }
    harness::check(&router(), &["0 host=a", "1 host=b", "2 …"], &["0 host=a", "1 host=b"]);
}

#[test]
fn a_timer_that_never_moves_stops_nobody_in_by() {
    fastts_core::router! { pipeline "row" { by(host) { restless }; seen } }
    let hosts: Vec<String> = (0..16).map(|number| format!("0 host={number}")).collect();
    let lines: Vec<&str> = hosts.iter().map(String::as_str).chain(["2 …"]).collect();
    harness::check(&router(), &lines, &lines[..16]);
}

/// Runs a bad event among good ones, after so many keys came, and checks that it is the only one that is lost.
#[track_caller]
fn check_panic_in_a_key(keys: usize) {
    fastts_core::router! { pipeline "row" {
        by_value(|e| { assert!(e.service() != Some("bad"), "a bad one"); e.host().map(str::to_owned) }) { changed(state, init = "") };
        seen
    } }
    let event = |number: usize| Event::new().with_host(format!("host {number}"));
    let mut replay = Replay::new(&router(), Time::EPOCH);
    replay.batch(&(0..keys).map(event).collect::<Vec<_>>().iter().collect());
    let mut more: Vec<Event> = (keys..keys + 30).map(event).collect();
    more[20].set_service("bad");
    harness::take_seen();
    replay.batch(&more.iter().collect());
    let panics: Vec<_> = replay.panics().iter().map(|panic| panic.event.clone()).collect();
    assert_eq!(panics, [Some(more[20].clone())]);
    assert_eq!(harness::take_seen().len(), 29);
}

#[test]
fn a_panic_in_a_key_is_charged_to_the_event_that_did_it() {
    check_panic_in_a_key(10);
}

#[test]
fn a_panic_in_a_key_is_charged_to_the_event_that_did_it_at_many_keys() {
    check_panic_in_a_key(10_000);
}
