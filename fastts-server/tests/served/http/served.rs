//! A server in this process, with pipelines that keep what they get.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fastts_core::ToJson;
use fastts_core::runtime::{Options, Running};
use fastts_core::testing::SourceRun;
use fastts_server::prelude::*;
use fastts_server::sources::http::{Http, HttpOptions, HttpServer};
use fastts_server::telemetry::{Inside, Meter};
use tokio::runtime::Runtime;

use crate::http::client::{Answer, Client};

/// How long anything may take; tests end long before.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// All events of all tests in this process: each test knows its own by their service.
static RECORDED: Mutex<Vec<Event>> = Mutex::new(Vec::new());
static MORE: Condvar = Condvar::new();

/// Services whose events do not come back from their pipeline until they are taken off here.
static HELD: Mutex<Vec<String>> = Mutex::new(Vec::new());

router! {
    pipeline "all" { inspect(record); index }

    #[mailbox(1)]
    #[run(task)]
    pipeline "held" { where(service =~ "^held"); inspect(wait); with(host = "later"); index }

    pipeline "pairs" { where(service =~ "^pair"); fixed_event_window(2); publish("pairs"); map(|window| Size(window.len())); publish("sizes"); map(|_| Opaque); publish("opaque") }

    #[restart(0, within = 1m)]
    pipeline "panics" { where(service == "panic"); inspect(|_| panic!("this is not for us")) }

    #[one_for_all(1, within = 1m)]
    group "together" {
        pipeline "falls" { where(service == "fall"); inspect(|_| panic!("this is not for us")) }
        pipeline "beside" { where(service == "beside"); index }
    }
}

/// A type with JSON of its own.
#[derive(Clone, Item)]
struct Size(usize);

impl ToJson for Size {
    fn write_json(view: &Size, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("{{\"size\":{}}}", view.0).as_bytes());
    }
}

/// A type without.
#[derive(Clone, Item)]
struct Opaque;

fn record(event: EventView<'_>) {
    RECORDED.lock().unwrap_or_else(PoisonError::into_inner).push(event.to_owned());
    MORE.notify_all();
}

fn wait(event: EventView<'_>) {
    let held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    let is_held = |held: &mut Vec<String>| held.iter().any(|held| Some(&**held) == event.service());
    drop(MORE.wait_timeout_while(held, PATIENCE, is_held));
}

/// Lets events of a service wait in their pipeline until this is dropped.
pub(crate) struct Hold(&'static str);

pub(crate) fn hold(service: &'static str) -> Hold {
    HELD.lock().unwrap().push(service.to_owned());
    Hold(service)
}

impl Drop for Hold {
    fn drop(&mut self) {
        HELD.lock().unwrap_or_else(PoisonError::into_inner).retain(|held| held != self.0);
        MORE.notify_all();
    }
}

/// Returns the events of a service once there are so many.
pub(crate) fn recorded(service: &str, events: usize) -> Vec<Event> {
    let of = |all: &[Event]| all.iter().filter(|event| event.service() == Some(service)).count();
    let all = RECORDED.lock().unwrap();
    let (all, timeout) = MORE.wait_timeout_while(all, PATIENCE, |all| of(all) < events).unwrap();
    assert!(!timeout.timed_out(), "wanted {events} events of {service}, there are {}", of(&all));
    all.iter().filter(|event| event.service() == Some(service)).cloned().collect()
}

/// A running server.
pub(crate) struct Served {
    pub(crate) runtime: Runtime,
    pub(crate) running: Running,
    pub(crate) server: HttpServer,
    run: SourceRun,
    pub(crate) address: SocketAddr,
}

pub(crate) fn serve(set: impl FnOnce(&mut HttpOptions)) -> Served {
    let mut options = HttpOptions::default();
    options.listen = "127.0.0.1:0".to_owned();
    set(&mut options);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (running, server, run) = runtime.block_on(async {
        let http = Http::bind(options).await.unwrap();
        let running = Running::start(router(), Options::new()).unwrap();
        let inside = Inside::new(running.clone(), [Arc::clone(http.meter())]);
        let (out, server) = (running.intake().unwrap(), http.showing(inside));
        (running, server.clone(), SourceRun::start(server, out))
    });
    Served { address: server.address(), runtime, running, server, run }
}

impl Served {
    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// Asks once, on a connection of its own.
    pub(crate) fn ask(&self, request: &str) -> Answer {
        self.connect().ask(request)
    }

    pub(crate) fn meter(&self) -> Arc<Meter> {
        Arc::clone(self.server.meter())
    }

    /// Has it accept no more events than have arrived; everything else goes on.
    pub(crate) fn drain(&mut self) {
        assert!(self.runtime.block_on(self.run.stop(PATIENCE)).is_some());
    }

    /// Stops the server; returns how many connections were cut off.
    pub(crate) fn stop(&mut self, limit: Duration) -> usize {
        self.runtime.block_on(self.server.stop(limit))
    }
}

/// Waits until something is true, looking again and again.
pub(crate) fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_true() {
        assert!(Instant::now() < end, "it never came about that {what}");
        std::thread::yield_now();
    }
}
