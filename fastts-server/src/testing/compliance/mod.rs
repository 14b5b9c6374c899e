//! Holds a sink to what every sink promises, against the real thing that it delivers to.
//!
//! A test says how to start, stop and slow down the [`Peer`], and builds a router with the sink at the end of its only pipeline, with
//! the options `queue = 100, batch = 10` and whatever else it wants:
//!
//! | what happens | what is promised |
//! |---|---|
//! | all is well | everything arrives, in order, once |
//! | the peer is down at the start | what was accepted meanwhile arrives when it is there |
//! | it dies half-way, and comes back | everything arrives, some of it more than once, and none without end; of a peer that never says what it has taken, all that is sent from then on |
//! | it is slow | the pipeline waits, or what is too much is dropped and counted, as the policy says |
//! | it refuses one of a batch | that one is a dead letter, the others arrive |
//! | a drain | everything has arrived when it returns |
//! | a drain while the peer is down | what is left is told, and is dead letters |
//!
//! ```no_run
//! use fastts_server::testing::compliance::{Compliance, Peer};
//! use fastts_server::{Overflow, prelude::*};
//!
//! router! { pipeline "sink" { forward("127.0.0.1:5556", queue = 100, batch = 10, overflow = Overflow::DropOldest) } }
//!
//! /// A server in another process, say.
//! struct Server;
//!
//! impl Peer for Server {
//!     fn start(&mut self) {
//!         // listens where the sink sends to
//!     }
//!
//!     fn stop(&mut self) -> bool {
//!         // kills it
//!         true
//!     }
//!
//!     fn arrived(&mut self) -> Vec<String> {
//!         // the services of the events that came, in order
//!         Vec::new()
//!     }
//! }
//!
//! Compliance::new(router, Overflow::DropOldest).check(&mut Server);
//! ```
//!
//! `docs/guide.md` has a whole one.

mod run;
mod scenarios;

use std::time::Duration;

use fastts_core::{Overflow, Router};

use run::Run;

/// The real thing that a sink delivers to, and what a test can do to it.
pub trait Peer {
    /// Starts it, where it was before.
    fn start(&mut self);

    /// Ends it at once, whatever it is doing; false when it cannot be ended: a file is always there.
    fn stop(&mut self) -> bool;

    /// Has it take next to nothing, or go on; false when it cannot be slowed down. It runs.
    fn slow(&mut self, slow: bool) -> bool {
        let _ = slow;
        false
    }

    /// Tells whether it says what it has taken. One that does not takes with it, when it is ended, what has been sent and was not read.
    fn confirms(&self) -> bool {
        true
    }

    /// Returns how a service reads in what the sink sends, and so in a dead letter of it.
    fn shown(&self, service: &str) -> String {
        service.to_owned()
    }

    /// Has it refuse events of this service for good, or none again; false when it refuses nothing.
    fn refuse(&mut self, service: Option<&str>) -> bool {
        let _ = service;
        false
    }

    /// Returns the services of all events that have arrived so far, in the order in which they did, once for each time.
    fn arrived(&mut self) -> Vec<String>;
}

/// A check of one sink.
#[derive(Clone, Copy, Debug)]
pub struct Compliance {
    router: fn() -> Router,
    overflow: Overflow,
    patience: Duration,
}

/// The options that the sink must be built with: how many events its queue holds, and how many go in a batch.
pub const QUEUE: usize = 100;
/// See [`QUEUE`].
pub const BATCH: usize = 10;

impl Compliance {
    /// Makes a check of the sink in the only pipeline of a router, which has `queue = 100, batch = 10` and this policy.
    pub fn new(router: fn() -> Router, overflow: Overflow) -> Compliance {
        Compliance { router, overflow, patience: Duration::from_secs(30) }
    }

    /// Sets how long is waited for anything to happen; thirty seconds unless this says otherwise. Nothing waits when all is well.
    pub fn patience(self, patience: Duration) -> Compliance {
        Compliance { patience, ..self }
    }

    /// Runs everything that can be done to the peer; returns what the sink does not keep, in words, one for each scenario.
    pub fn faults(&self, peer: &mut dyn Peer) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, scenario) in scenarios::ALL {
            peer.start();
            let mut run = Run::new(self, peer);
            if let Err(fault) = scenario(&mut run) {
                faults.push(format!("{name}: {fault}"));
            }
            run.end();
        }
        faults
    }

    /// Does so, and panics with what the sink does not keep.
    ///
    /// # Panics
    /// When there is something.
    #[track_caller]
    pub fn check(&self, peer: &mut dyn Peer) {
        let faults = self.faults(peer);
        assert!(faults.is_empty(), "the sink does not keep what every sink promises:\n{}", faults.join("\n"));
    }
}
