//! A server in this process, and a client that sees every byte.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use fastts_core::runtime::{Intake, Refused};
use fastts_core::testing::{SourceRun, intake};
use fastts_core::{Batch, Event, Time};
use fastts_server::riemann::frame::put_frame;
use fastts_server::sources::tcp::{Tcp, TcpOptions};
use prost::Message;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

use fastts_testkit::proto::{self, Msg};

/// How long anything may take; tests end long before.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What the server says when it is asked for the time.
pub(crate) const NOW: Time = Time::from_secs(1_000_000_000);

/// Keeps what it is given; waits for a permit before that.
#[derive(Clone)]
pub(crate) struct Recorder {
    shared: Arc<(Mutex<Vec<Vec<Event>>>, Condvar)>,
    pub(crate) gate: Arc<Semaphore>,
    refusal: Option<&'static str>,
    /// The service of the events that it refuses, with all that come with them.
    pub(crate) refuses: Arc<Mutex<Option<String>>>,
}

impl Recorder {
    pub(crate) fn new() -> Recorder {
        Recorder { shared: Arc::default(), gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)), refusal: None, refuses: Arc::default() }
    }

    pub(crate) fn closed() -> Recorder {
        Recorder { gate: Arc::new(Semaphore::new(0)), ..Recorder::new() }
    }

    pub(crate) fn refusing(reason: &'static str) -> Recorder {
        Recorder { refusal: Some(reason), ..Recorder::new() }
    }

    /// Returns the events of each batch once there are so many events.
    pub(crate) fn batches(&self, events: usize) -> Vec<Vec<Event>> {
        let (batches, changed) = &*self.shared;
        let batches = batches.lock().unwrap();
        let count = |batches: &[Vec<Event>]| batches.iter().map(Vec::len).sum::<usize>();
        let (batches, timeout) = changed.wait_timeout_while(batches, PATIENCE, |batches| count(batches) < events).unwrap();
        assert!(!timeout.timed_out(), "wanted {events} events, there are {}", count(&batches));
        batches.clone()
    }

    pub(crate) fn events(&self, events: usize) -> Vec<Event> {
        self.batches(events).concat()
    }

    /// Returns an intake that brings here what a source delivers.
    pub(crate) fn intake(&self) -> Intake {
        let recorder = self.clone();
        intake(NOW, move |batch| recorder.clone().take(batch))
    }

    async fn take(self, batch: Batch) -> Result<Option<Batch>, Refused> {
        if let Some(reason) = self.refusal {
            return Err(Refused { reason: reason.to_owned() });
        }
        let refuses = self.refuses.lock().unwrap().clone();
        if batch.iter().any(|event| refuses.is_some() && event.service() == refuses.as_deref()) {
            return Err(Refused { reason: "not this one".to_owned() });
        }
        self.gate.acquire().await.unwrap().forget();
        self.shared.0.lock().unwrap().push(batch.iter().map(Event::from).collect());
        self.shared.1.notify_all();
        Ok(Some(batch))
    }
}

/// A running server.
pub(crate) struct Served {
    pub(crate) runtime: Runtime,
    pub(crate) server: Option<Tcp>,
    run: SourceRun,
    pub(crate) address: SocketAddr,
    pub(crate) recorder: Recorder,
}

pub(crate) fn serve(set: impl FnOnce(&mut TcpOptions)) -> Served {
    serve_to(Recorder::new(), set)
}

pub(crate) fn serve_to(recorder: Recorder, set: impl FnOnce(&mut TcpOptions)) -> Served {
    let mut options = TcpOptions::default();
    options.listen = "127.0.0.1:0".to_owned();
    set(&mut options);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (server, run) = runtime.block_on(async {
        let server = Tcp::bind(options).await.unwrap();
        (server.clone(), SourceRun::start(server, recorder.intake()))
    });
    Served { address: server.address(), runtime, server: Some(server), run, recorder }
}

impl Served {
    pub(crate) fn connect(&self) -> Wire {
        Wire::connect(self.address)
    }

    /// Cuts the listener off and runs it anew, as a restart does.
    pub(crate) fn run_again(&mut self) {
        let (server, out) = (self.server.clone().unwrap(), self.recorder.intake());
        self.run = self.runtime.block_on(async { SourceRun::start(server, out) });
    }

    /// Stops the server; returns how many connections were cut off.
    pub(crate) fn stop(&mut self, limit: Duration) -> usize {
        self.runtime.block_on(self.run.stop(limit));
        self.server.take().unwrap().cut()
    }
}

/// A connection that sends bytes as they are.
pub(crate) struct Wire<S = TcpStream>(pub(crate) S);

impl Wire {
    pub(crate) fn connect(address: SocketAddr) -> Wire {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Wire(stream)
    }

    pub(crate) fn half_close(&mut self) {
        self.0.shutdown(Shutdown::Write).unwrap();
    }
}

impl<S: Read + Write> Wire<S> {
    pub(crate) fn send(&mut self, bytes: &[u8]) -> &mut Wire<S> {
        self.0.write_all(bytes).unwrap();
        self
    }

    pub(crate) fn read_frame(&mut self) -> Option<Vec<u8>> {
        let mut header = [0; 4];
        let mut first = self.0.read(&mut header[..1]).unwrap_or(0);
        if first == 0 {
            return None;
        }
        while first < 4 {
            first += self.0.read(&mut header[first..]).unwrap();
        }
        let mut body = vec![0; u32::from_be_bytes(header) as usize];
        self.0.read_exact(&mut body).unwrap();
        Some(body)
    }

    /// Returns the next answer: "ok" or the error; `None` when the server has closed the connection.
    pub(crate) fn answer(&mut self) -> Option<String> {
        let message = Msg::decode(&self.read_frame()?[..]).unwrap();
        assert_eq!(message.ok, Some(message.error.is_none()), "{message:?}");
        Some(message.error.unwrap_or_else(|| "ok".to_owned()))
    }

    /// Returns the next answers, up to the end of the connection.
    pub(crate) fn answers_to_the_end(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.answer()).collect()
    }
}

/// Makes the frame of a message.
pub(crate) fn frame(message: &Msg) -> Vec<u8> {
    raw_frame(&message.encode_to_vec())
}

pub(crate) fn raw_frame(body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    put_frame(&mut frame, |out| out.extend_from_slice(body));
    frame
}

/// Makes a message with an event of each service.
pub(crate) fn events<'s>(services: impl IntoIterator<Item = &'s str>) -> Msg {
    let event = |service: &str| proto::Event { service: Some(service.to_owned()), ..Default::default() };
    Msg { events: services.into_iter().map(event).collect(), ..Msg::default() }
}

/// Waits until something is true, looking again and again.
pub(crate) fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_true() {
        assert!(Instant::now() < end, "it never came about that {what}");
        std::thread::yield_now();
    }
}
