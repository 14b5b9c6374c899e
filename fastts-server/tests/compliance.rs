//! The check that every sink passes: that it passes what keeps the promises, and finds what does not.

#![allow(clippy::unwrap_used, reason = "clippy does not see that the helpers are tests too")]
#![allow(unreachable_pub, reason = "the function of a router that has a name is `pub`, wherever it stands")]

use std::future::pending;
use std::io::{BufRead, BufReader, PipeWriter};
use std::sync::{Arc, Condvar, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use fastts_core::sink::{Lines, Options, Records, Report, Transport, Worker};
use fastts_core::{Context, Emit, Pipe, Stage, Then, Token};
use fastts_server::Overflow;
use fastts_server::prelude::*;
use fastts_server::testing::compliance::{Compliance, Peer};

/// A peer in this process.
#[derive(Clone, Default)]
struct Shelf(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    up: bool,
    /// How often it was ended.
    ended: usize,
    slow: bool,
    refuses: Option<String>,
    arrived: Vec<String>,
}

impl Shelf {
    fn state<R>(&self, look: impl FnOnce(&mut State) -> R) -> R {
        let looked = look(&mut self.0.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.1.notify_all();
        looked
    }

    /// Waits until it is not slow.
    fn wait(&self) {
        let state = self.0.0.lock().unwrap();
        drop(self.0.1.wait_while(state, |state| state.slow && state.up).unwrap());
    }
}

impl Peer for Shelf {
    fn start(&mut self) {
        self.state(|state| state.up = true);
    }

    fn stop(&mut self) -> bool {
        self.state(|state| (state.up, state.ended) = (false, state.ended + 1));
        true
    }

    fn slow(&mut self, slow: bool) -> bool {
        self.state(|state| state.slow = slow);
        true
    }

    fn refuse(&mut self, service: Option<&str>) -> bool {
        self.state(|state| state.refuses = service.map(str::to_owned));
        true
    }

    fn arrived(&mut self) -> Vec<String> {
        self.state(|state| state.arrived.clone())
    }
}

/// What a transport does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Nothing,
    /// It loses one of a batch.
    Loses,
    /// It takes what it has sent for not sent, now and then.
    Repeats,
    /// It takes what was on its way for delivered when the peer is gone.
    Forgets,
    /// It sends the other way round.
    Reverses,
    /// It says that nothing was refused.
    Hides,
}

struct ToShelf(Shelf, Wrong);

impl Transport for ToShelf {
    type Item = ();

    async fn deliver(&mut self, records: &Records<()>) -> Report {
        let ToShelf(shelf, wrong) = self;
        let ended = shelf.state(|state| state.ended);
        // What is slow is asked again, so that this may be dropped meanwhile.
        while shelf.state(|state| state.slow && state.up) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let services: Vec<String> = records.iter().map(|(text, ())| String::from_utf8_lossy(text).into_owned()).collect();
        shelf.state(|state| {
            if !state.up || state.ended != ended {
                return if *wrong == Wrong::Forgets { Report::delivered() } else { Report::again("it is away") };
            }
            let refused: Vec<usize> = (0..services.len()).filter(|&index| state.refuses.as_ref() == Some(&services[index])).collect();
            let mut taken: Vec<String> =
                (0..services.len()).filter(|index| !refused.contains(index)).map(|index| services[index].clone()).collect();
            match wrong {
                Wrong::Loses => drop(taken.pop()),
                Wrong::Reverses => taken.reverse(),
                Wrong::Repeats => {
                    state.arrived.extend(taken);
                    return Report::again("it forgot");
                }
                _ => {}
            }
            state.arrived.extend(taken);
            if *wrong == Wrong::Hides { Report::delivered() } else { Report::refused(refused, "not this one") }
        })
    }
}

/// The stage of all of them.
#[derive(Clone)]
struct Shelved {
    shelf: Shelf,
    wrong: Wrong,
    options: Options,
    sink: Worker<ToShelf>,
}

fastts_core::sink_options!(Shelved);

fn shelved<I: Item, S: Stage<I, Out = Event>, F: Flow<In = I, Item = Event, Stage = S>>(
    flow: F,
    shelf: &Shelf,
    wrong: Wrong,
) -> Pipe<I, Then<S, Shelved>> {
    flow.into_pipe().then(Shelved { shelf: shelf.clone(), wrong, options: Options::new(), sink: Worker::nobody() })
}

impl Stage<Event> for Shelved {
    type Out = Event;

    fn start(&mut self, cx: &mut Context) {
        let (shelf, wrong) = (self.shelf.clone(), self.wrong);
        self.sink = cx.sinks().open("shelf", &self.options, move || ToShelf(shelf.clone(), wrong));
    }

    fn item(&mut self, event: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.sink.text(&Token::none(), |text| text.extend_from_slice(event.service().unwrap_or_default().as_bytes()));
        out.emit(event, cx);
    }
}

/// Makes a shelf, and a router with a sink for it that does something wrong.
macro_rules! shelf {
    ($router:ident, $wrong:ident, $overflow:ident) => {{
        static SHELF: LazyLock<Shelf> = LazyLock::new(Shelf::default);
        router! {
            pub fn $router;
            pipeline "shelved" { shelved(&SHELF, Wrong::$wrong, queue = 100, batch = 10, overflow = Overflow::$overflow) }
        }
        (SHELF.clone(), Compliance::new($router, Overflow::$overflow))
    }};
}

#[test]
fn a_sink_that_keeps_its_promises_passes() {
    let (mut shelf, compliance) = shelf!(waits, Nothing, Block);
    compliance.check(&mut shelf);
    let (mut shelf, compliance) = shelf!(drops, Nothing, DropOldest);
    compliance.check(&mut shelf);
}

/// Checks that one of the faults begins so, of a sink that is not waited for long.
#[track_caller]
fn finds((mut shelf, compliance): (Shelf, Compliance), wanted: &[&str]) {
    let faults = compliance.patience(Duration::from_millis(500)).faults(&mut shelf);
    for wanted in wanted {
        assert!(faults.iter().any(|fault| fault.contains(wanted)), "{wanted:?} is not in {faults:#?}");
    }
}

#[test]
fn a_transport_that_loses_is_found() {
    finds(shelf!(loses, Loses, Block), &["all is well: ", " events never arrived; ", "a drain: "]);
}

#[test]
fn a_transport_that_sends_without_end_is_found() {
    finds(shelf!(repeats, Repeats, Block), &["all is well: ", ", and \"compliance 0000\" arrived ", "a drain: a drain while all is well"]);
}

#[test]
fn a_transport_that_loses_what_was_on_its_way_is_found() {
    let faults = ["it is down at the start: it never came about that the sink notices", "it dies half-way: ", "a drain while it is down: "];
    finds(shelf!(forgets, Forgets, Block), &faults);
}

#[test]
fn a_transport_that_changes_the_order_is_found() {
    finds(shelf!(reverses, Reverses, Block), &["all is well: what arrived is not what was sent, in order and once"]);
}

#[test]
fn a_transport_that_hides_a_refusal_is_found() {
    finds(shelf!(hides, Hides, Block), &["it refuses one of a batch: it never came about that the one that is refused is given up"]);
}

#[test]
#[should_panic(expected = "the sink does not keep what every sink promises:\nall is well: ")]
fn a_check_says_everything_at_once() {
    let (mut shelf, compliance) = shelf!(loses_too, Loses, Block);
    compliance.patience(Duration::from_millis(500)).check(&mut shelf);
}

/// A stage that delivers by itself, with the pipeline waiting.
#[derive(Clone)]
struct Waits(Shelf);

impl Stage<Event> for Waits {
    type Out = Event;

    fn item(&mut self, event: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.0.wait();
        self.0.state(|state| state.arrived.push(event.service().unwrap_or_default().to_owned()));
        out.emit(event, cx);
    }
}

fn waits_for<I: Item, S: Stage<I, Out = Event>, F: Flow<In = I, Item = Event, Stage = S>>(
    flow: F,
    shelf: &Shelf,
) -> Pipe<I, Then<S, Waits>> {
    flow.into_pipe().then(Waits(shelf.clone()))
}

#[test]
fn a_sink_that_blocks_its_pipeline_is_found() {
    static SHELF: LazyLock<Shelf> = LazyLock::new(Shelf::default);
    router! { pub fn blocking; pipeline "blocks" { waits_for(&SHELF) } }
    finds((SHELF.clone(), Compliance::new(blocking, Overflow::DropOldest)), &["it is slow: the pipeline is blocked beyond its policy"]);
}

/// A transport that never answers: its sink holds up nobody who does not want it, but brings out nothing.
struct Silent;

impl Transport for Silent {
    type Item = ();

    async fn deliver(&mut self, _: &Records<()>) -> Report {
        pending().await
    }
}

#[derive(Clone)]
struct Silence(Worker<Silent>);

impl Stage<Event> for Silence {
    type Out = Event;

    fn start(&mut self, cx: &mut Context) {
        self.0 = cx.sinks().open("silence", &Options::new().queue(100).batch(10).overflow(Overflow::DropOldest), || Silent);
    }

    fn item(&mut self, event: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.0.text(&Token::none(), |text| text.extend_from_slice(event.service().unwrap_or_default().as_bytes()));
        out.emit(event, cx);
    }
}

fn silence<I: Item, S: Stage<I, Out = Event>, F: Flow<In = I, Item = Event, Stage = S>>(flow: F) -> Pipe<I, Then<S, Silence>> {
    flow.into_pipe().then(Silence(Worker::nobody()))
}

#[test]
fn a_transport_that_never_answers_is_found() {
    router! { pub fn silent; pipeline "silent" { silence } }
    finds((Shelf::default(), Compliance::new(silent, Overflow::DropOldest)), &["all is well: 50 events never arrived", "a drain: "]);
}

/// The reader of a pipe.
struct Reader {
    shelf: Shelf,
}

/// The writing end of the pipe that the sink below writes to.
static PIPE: Mutex<Option<PipeWriter>> = Mutex::new(None);

impl Reader {
    fn new() -> Reader {
        let (reader, writer) = std::io::pipe().unwrap();
        *PIPE.lock().unwrap() = Some(writer);
        let shelf = Shelf::default();
        let end = shelf.clone();
        thread::spawn(move || {
            for line in BufReader::new(reader).lines().map_while(Result::ok) {
                end.wait();
                let (_, rest) = line.split_once(r#""service":""#).unwrap();
                end.state(|state| state.arrived.push(rest.split('"').next().unwrap().to_owned()));
            }
        });
        Reader { shelf }
    }
}

impl Peer for Reader {
    fn start(&mut self) {
        self.shelf.start();
    }

    fn stop(&mut self) -> bool {
        // When its reader is gone it does not come back.
        false
    }

    fn slow(&mut self, slow: bool) -> bool {
        self.shelf.slow(slow)
    }

    fn arrived(&mut self) -> Vec<String> {
        self.shelf.arrived()
    }
}

/// The stage `stdout`, but for where it writes to: the standard output of a test is the test's.
#[derive(Clone)]
struct Piped(Worker<Lines<PipeWriter>>);

impl Stage<Event> for Piped {
    type Out = Event;

    fn start(&mut self, cx: &mut Context) {
        let pipe = || Lines::to(PIPE.lock().unwrap().as_ref().unwrap().try_clone().unwrap());
        self.0 = cx.sinks().open("pipe", &Options::new().queue(100).batch(10), pipe);
    }

    fn item(&mut self, event: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.0.text(&Token::none(), |line| {
            fastts_core::event::write_json(event, line);
            line.push(b'\n');
        });
        out.emit(event, cx);
    }
}

fn piped<I: Item, S: Stage<I, Out = Event>, F: Flow<In = I, Item = Event, Stage = S>>(flow: F) -> Pipe<I, Then<S, Piped>> {
    flow.into_pipe().then(Piped(Worker::nobody()))
}

#[test]
fn lines_into_a_pipe_keep_what_every_sink_promises() {
    router! { pub fn into_pipe; pipeline "piped" { piped } }
    Compliance::new(into_pipe, Overflow::Block).check(&mut Reader::new());
}
