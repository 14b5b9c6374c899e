//! What the tests of several sinks share.

use std::cell::RefCell;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastts_core::runtime::{Drained, Options, Running};
use fastts_core::{Batch, Event};
use fastts_server::prelude::*;
use libtest_mimic::{Failed, Trial};
use tokio::runtime::Runtime;

/// How long anything may take; tests end long before.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

thread_local! {
    /// What the sinks send to of the routers that this thread builds.
    static TARGET: RefCell<String> = RefCell::default();
}

/// Returns what the sinks of this thread's routers send to.
pub(crate) fn target() -> String {
    TARGET.with_borrow(String::clone)
}

/// Sets it.
pub(crate) fn set_target(target: impl Into<String>) {
    TARGET.set(target.into());
}

/// Makes a test that needs something that is not everywhere; `missing` says what, if it is not here.
pub(crate) fn trial(name: &str, missing: Option<String>, test: impl FnOnce() + Send + 'static) -> Trial {
    let required = std::env::var("CI").is_ok_and(|value| value == "true");
    match missing {
        None => Trial::test(name, || {
            test();
            Ok(())
        }),
        Some(missing) if required => Trial::test(name, || Err(Failed::from(missing))),
        Some(missing) => Trial::test(name, || Ok(())).with_ignored_flag(true).with_kind(missing),
    }
}

/// Says that the package of a program is not installed, if it is not.
pub(crate) fn missing(program: &str, package: &str) -> Option<String> {
    (!std::path::Path::new(program).is_file()).then(|| format!("{package} not installed"))
}

/// Returns a folder of this test's own, which is empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sinks").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Returns an address at which nobody listens, and which is given once. Its port lies below those that the system gives to whoever connects:
/// a peer that begins anew would find one of these taken now and then.
pub(crate) fn nobody() -> String {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let port = 20_000 + (std::process::id() % 120 * 100 + GIVEN.fetch_add(1, Ordering::Relaxed)) % 12_000;
        let address = format!("127.0.0.1:{port}");
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

/// Waits until something is true.
#[track_caller]
pub(crate) fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_true() {
        assert!(Instant::now() < end, "it never came about that {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A router that runs.
pub(crate) struct Route {
    runtime: Runtime,
    pub(crate) running: Running,
}

impl Route {
    pub(crate) fn start(router: fn() -> Router) -> Route {
        Route::with(router, Options::new())
    }

    /// Starts a router with these options.
    pub(crate) fn with(router: fn() -> Router, options: Options) -> Route {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let running = runtime.block_on(async { Running::start(router(), options).unwrap() });
        Route { runtime, running }
    }

    /// Sends events, and waits until the pipelines have run them.
    pub(crate) fn send(&self, events: impl IntoIterator<Item = Event>) {
        let batch: Batch = events.into_iter().collect::<Vec<_>>().iter().collect();
        assert!(self.runtime.block_on(async {
            self.running.deliver(batch).await.unwrap();
            self.running.caught_up(PATIENCE).await
        }));
    }

    pub(crate) fn drain(&self) -> Drained {
        self.runtime.block_on(self.running.drain(PATIENCE))
    }

    /// Returns what the only sink says of itself.
    pub(crate) fn stats(&self) -> fastts_core::sink::SinkStats {
        self.running.sinks().stats().remove(0)
    }
}
