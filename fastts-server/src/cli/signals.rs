//! SIGINT, SIGTERM, SIGHUP, and those that would end a program that does not know them.

use std::io;
use std::process;
use std::thread;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// What a second signal ends the program with, at once.
const INTERRUPTED: i32 = 130;

/// How much longer than it was told a drain may take before the program ends without it.
const GRACE: Duration = Duration::from_secs(2);

/// Listens for signals from here on; the receiver gets the name of the first.
///
/// They have a thread and a run-time of their own: the threads of the pipelines may all be busy with a stage that does not end,
/// and it must be possible to stop them all the same. For that reason, too, the program ends here when a drain that may take
/// `limit` has not ended by then.
///
/// # Errors
/// When the system refuses.
pub(super) fn listen(limit: Duration) -> io::Result<oneshot::Receiver<&'static str>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (interrupt, terminate) = {
        let _inside = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    let (first, receiver) = oneshot::channel();
    thread::Builder::new().name("signals".to_owned()).spawn(move || runtime.block_on(serve(interrupt, terminate, first, limit)))?;
    Ok(receiver)
}

/// Listens for SIGHUP from here on; it would end the program otherwise.
///
/// # Errors
/// When the system refuses.
pub(super) fn hangups() -> io::Result<Signal> {
    signal(SignalKind::hangup())
}

/// Keeps SIGUSR1 and SIGUSR2 from ending the program with what it holds, as they do where nobody listens for them.
///
/// # Errors
/// When the system refuses.
pub(super) fn ignore_others() -> io::Result<()> {
    for (kind, name) in [(SignalKind::user_defined1(), "SIGUSR1"), (SignalKind::user_defined2(), "SIGUSR2")] {
        on_hangup(signal(kind)?, move || tracing::info!("{name} means nothing here; SIGTERM drains, SIGHUP reads certificates again"));
    }
    Ok(())
}

/// Calls `reload` at each of them.
pub(super) fn on_hangup(mut hangups: Signal, mut reload: impl FnMut() + Send + 'static) {
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            reload();
        }
    });
}

async fn serve(mut interrupt: Signal, mut terminate: Signal, first: oneshot::Sender<&'static str>, limit: Duration) {
    let name = next(&mut interrupt, &mut terminate).await;
    // Nobody listens any more when the program ends anyway.
    let _ = first.send(name);
    if tokio::time::timeout(limit + GRACE, next(&mut interrupt, &mut terminate)).await.is_ok() {
        process::exit(INTERRUPTED);
    }
    tracing::error!("the drain did not end, a stage of a pipeline may be stuck; ending without it");
    // The log is written by a thread of its own.
    tokio::time::sleep(Duration::from_millis(100)).await;
    process::exit(1);
}

async fn next(interrupt: &mut Signal, terminate: &mut Signal) -> &'static str {
    tokio::select! {
        _ = interrupt.recv() => "SIGINT",
        _ = terminate.recv() => "SIGTERM",
    }
}
