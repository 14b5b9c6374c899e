//! A program that is a router, with sources of its own beside the listeners.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;

use fastts_core::runtime::{Description, Lifetime, Running, SendError, Source};

use super::IntoRouter;

/// A router, and sources of your own that bring it events beside the listeners.
///
/// ```no_run
/// use fastts_server::prelude::*;
/// use fastts_server::{Batch, Description, Intake, Server, Source, SourceError, Stop};
///
/// router! {
///     pipeline "ticks" { where(service == "tick"); stdout }
/// }
///
/// struct Ticker;
///
/// impl Source for Ticker {
///     type Item = Event;
///
///     fn describe(&self) -> Description {
///         Description::new("ticker").at("every second")
///     }
///
///     async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
///         let mut seconds = tokio::time::interval(Duration::from_secs(1));
///         loop {
///             tokio::select! {
///                 _ = seconds.tick() => out.send(vec![event! { service: "tick", time: out.now() }]).await?,
///                 () = stop.requested() => return Ok(()),
///             }
///         }
///     }
/// }
///
/// fn main() -> std::process::ExitCode {
///     Server::new(router).source("ticker", || Ticker).run()
/// }
/// ```
#[must_use = "a server does nothing until it is run"]
pub struct Server<R> {
    router: R,
    sources: Vec<Own>,
}

impl<R: IntoRouter> Server<R> {
    /// Takes the function that `router!` defines, or what it returns, as [`run`](crate::run) does.
    pub fn new(router: R) -> Server<R> {
        Server { router, sources: Vec::new() }
    }

    /// Adds a source: it is made when the server starts, and again after an error or a panic, as
    /// [`Running::add_source`](fastts_core::runtime::Running::add_source) says.
    pub fn source<S: Source>(mut self, name: &str, make: impl Fn() -> S + Send + Sync + 'static) -> Server<R> {
        let make = Arc::new(make);
        let again = Arc::clone(&make);
        let added = name.to_owned();
        self.sources.push(Own {
            name: name.to_owned(),
            describe: Box::new(move || make().describe()),
            add: Box::new(move |running| running.add_source(&added, move || again())),
        });
        self
    }

    /// Adds a source as the last member of a group of the router: as
    /// [`Running::add_source_to`](fastts_core::runtime::Running::add_source_to) says.
    pub fn source_to<S: Source>(
        mut self,
        group: &str,
        lifetime: Lifetime,
        name: &str,
        make: impl Fn() -> S + Send + Sync + 'static,
    ) -> Server<R> {
        let make = Arc::new(make);
        let again = Arc::clone(&make);
        let (group, added) = (group.to_owned(), name.to_owned());
        self.sources.push(Own {
            name: name.to_owned(),
            describe: Box::new(move || make().describe()),
            add: Box::new(move |running| running.add_source_to(&group, lifetime, &added, move || again())),
        });
        self
    }

    /// Runs the program: reads the command line, and serves unless that names another command. What it returns is what
    /// [`run`](crate::run) does.
    pub fn run(self) -> ExitCode {
        super::run_server(self.router, self.sources)
    }
}

impl<R> fmt::Debug for Server<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("sources", &self.sources.iter().map(|source| &source.name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// A source of the user's own.
pub(super) struct Own {
    name: String,
    describe: Box<dyn Fn() -> Description>,
    add: Box<dyn FnOnce(&Running) -> Result<(), SendError>>,
}

impl Own {
    /// Has a router run it.
    ///
    /// # Errors
    /// When no pipeline takes what it brings.
    pub(super) fn add_to(self, running: &Running) -> Result<(), String> {
        (self.add)(running).map_err(|error| format!("cannot run source {:?}: {error}", self.name))
    }

    /// Returns its name, and what it is unless it cannot be made; the panic has told why.
    pub(super) fn described(&self) -> (&str, Option<Description>) {
        (&self.name, catch_unwind(AssertUnwindSafe(&self.describe)).ok())
    }
}
