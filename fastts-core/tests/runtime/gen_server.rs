//! What Erlang's `gen_server` does, sentence by sentence, and what a pipeline with `serve` does instead: one test a sentence, with our
//! value.

use std::sync::atomic::{AtomicU64, Ordering};

use fastts_core::runtime::{CallError, CastError, ManualClock, Options, Running};
use fastts_core::{Item, Router, prelude::*};

use crate::kit::*;

/// What may be asked of the server: in Erlang these are tuples, here the compiler knows them all.
#[derive(Clone, Debug, PartialEq, Item)]
enum Ask {
    Add(u64),
    Get,
    Crash,
    Sleep,
}

#[derive(Clone, Debug)]
struct State {
    total: u64,
}

/// How often a state was made.
static MADE: AtomicU64 = AtomicU64::new(0);

impl State {
    fn init() -> State {
        MADE.fetch_add(1, Ordering::SeqCst);
        State { total: 100 }
    }

    fn handle(&mut self, ask: &Ask, gate: &Gate) -> u64 {
        match ask {
            Ask::Add(more) => self.total += more,
            Ask::Get => {}
            Ask::Crash => panic!("no such luck"),
            Ask::Sleep => gate.pass(),
        }
        self.total
    }
}

thread_local! {
    static GATE: std::cell::Cell<Option<Gate>> = const { std::cell::Cell::new(None) };
}

router! {
    fn servers;
    let gate = GATE.take().unwrap();
    #[run(task)]
    pipeline "server": Ask -> u64 { serve(State::init(), |state, ask| state.handle(ask, &gate)) }
    pipeline "other": Ask -> u64 { serve(7_u64, |state, _| *state) }
}

fn start(clock: &ManualClock) -> (Running, Gate) {
    let gate = Gate::default();
    GATE.set(Some(gate.clone()));
    let router: Router = servers();
    (Running::start(router, Options::new().clock(clock.clock())).unwrap(), gate)
}

async fn call(running: &Running, ask: Ask) -> Result<u64, CallError> {
    patiently(running.call::<Ask, u64>("server", ask)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_changes_the_state_and_gets_the_reply() {
    let (running, _) = start(&clock());
    assert_eq!(call(&running, Ask::Add(5)).await, Ok(105));
    assert_eq!(call(&running, Ask::Add(1)).await, Ok(106));
    assert_eq!(call(&running, Ask::Get).await, Ok(106));
}

/// `gen_server:call` waits for 5,000 ms, then the caller exits, unless it catches that. Here the caller gets an error.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_waits_for_5000_ms_and_then_its_caller_is_told_and_lives() {
    let clock = clock();
    let (running, gate) = start(&clock);
    let mut sleeping = Box::pin(running.call::<Ask, u64>("server", Ask::Sleep));
    assert!(!poll_once(&mut sleeping));
    clock.advance(millis(4_999));
    assert!(!poll_once(&mut sleeping));
    clock.advance(millis(1));
    assert_eq!(patiently(sleeping).await, Err(CallError::Timeout(millis(5_000))));
    gate.open();
    assert_eq!(call(&running, Ask::Add(1)).await, Ok(101), "the reply that came too late is nobody else's");
}

/// A server that dies takes its callers along, unless they catch the exit. Here the one that asked for it is told what happened.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_crashes_tells_its_caller_why() {
    let (running, _) = start(&clock());
    let Err(CallError::Panicked(panic)) = call(&running, Ask::Crash).await else { panic!("it replied") };
    assert_eq!(panic.message, "no such luck");
}

/// Those that wait when the server dies exit too. Here they get their reply from the server that takes its place.
#[tokio::test(flavor = "multi_thread")]
async fn those_that_wait_when_the_server_crashes_are_served_after_the_restart() {
    let clock = clock();
    let (running, gate) = start(&clock);
    let sleeping = Box::pin(running.call::<Ask, u64>("server", Ask::Sleep));
    let asks = [Ask::Crash, Ask::Add(3)].map(|ask| Box::pin(running.call::<Ask, u64>("server", ask)));
    let mut calls: Vec<_> = std::iter::once(sleeping).collect();
    assert!(!poll_once(&mut calls[0]));
    let [mut crash, mut add] = asks;
    assert!(!poll_once(&mut crash) && !poll_once(&mut add));
    gate.open();
    assert!(matches!(patiently(crash).await, Err(CallError::Panicked(_))));
    clock.advance(millis(100));
    assert_eq!(patiently(add).await, Ok(103));
}

/// A restarted server begins with what `init` returns.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_begins_with_a_state_that_is_made_anew() {
    let clock = clock();
    let (running, _) = start(&clock);
    assert_eq!(call(&running, Ask::Add(5)).await, Ok(105));
    let before = MADE.load(Ordering::SeqCst);
    assert!(call(&running, Ask::Crash).await.is_err());
    let mut after = Box::pin(running.call::<Ask, u64>("server", Ask::Get));
    assert!(!poll_once(&mut after), "it waits for the restart");
    clock.advance(millis(100));
    assert_eq!(patiently(after).await, Ok(100));
    assert!(MADE.load(Ordering::SeqCst) > before);
}

/// `gen_server:cast` returns `ok` at once, whether there is a server or not. Here it returns at once too, and tells when there is none.
#[tokio::test(flavor = "multi_thread")]
async fn a_cast_returns_at_once_and_says_when_nobody_gets_it() {
    let (running, gate) = start(&clock());
    let mut sleeping = Box::pin(running.call::<Ask, u64>("server", Ask::Sleep));
    assert!(!poll_once(&mut sleeping));
    assert_eq!(running.cast("server", Ask::Add(5)), Ok(()), "while the server is busy");
    gate.open();
    assert_eq!(patiently(sleeping).await, Ok(100));
    assert_eq!(call(&running, Ask::Get).await, Ok(105));
    assert_eq!(running.cast("serve", Ask::Get), Err(CastError::NoSuchPipeline { pipeline: "serve".to_owned() }));
}

/// What is sent with `!` comes to `handle_info`. Here there is one way in, and one function: what nobody waits for is a cast.
#[tokio::test(flavor = "multi_thread")]
async fn casts_and_calls_come_to_one_function_in_the_order_in_which_they_were_sent() {
    let (running, _) = start(&clock());
    for more in 1..=10 {
        running.cast("server", Ask::Add(more)).unwrap();
    }
    assert_eq!(call(&running, Ask::Get).await, Ok(155));
}

/// A message that no clause is for kills the server. Here it does not compile, or is refused, and the server keeps its state.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_the_server_does_not_know_is_refused_and_changes_nothing() {
    let (running, _) = start(&clock());
    assert_eq!(call(&running, Ask::Add(1)).await, Ok(101));
    let unknown = running.call::<String, u64>("server", "what?".to_owned()).await;
    assert!(matches!(unknown, Err(CallError::OtherRequest { .. })), "{unknown:?}");
    assert!(matches!(running.cast("server", "what?".to_owned()), Err(CastError::OtherType { .. })));
    assert_eq!(call(&running, Ask::Get).await, Ok(101));
    assert_eq!(stats(&running, "server").panics, 0);
}

/// A server is registered under a name, which is an atom and given once. Here it is a text, and the compiler refuses it twice.
#[tokio::test(flavor = "multi_thread")]
async fn servers_have_names_and_states_of_their_own() {
    let (running, _) = start(&clock());
    assert_eq!(call(&running, Ask::Add(1)).await, Ok(101));
    assert_eq!(running.call::<Ask, u64>("other", Ask::Add(1)).await, Ok(7));
}
