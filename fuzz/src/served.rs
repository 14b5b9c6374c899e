//! Listeners in this process, for as long as it lives.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::time::Duration;

use fastts_core::runtime::Source;
use fastts_core::testing::{SourceRun, intake};
use fastts_core::{Event, Time};
use tokio::runtime::Runtime;

/// How long an answer may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a source whose events end here.
pub(crate) fn run<S: Source<Item = Event>>(source: S) -> SourceRun {
    SourceRun::start(source, intake(Time::from_secs(1_000_000_000), |batch| async { Ok(Some(batch)) }))
}

/// Returns what the listeners run on.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
}

/// Sends a head and then bytes, in pieces, and nothing more; returns what comes until the end.
pub(crate) fn exchange(address: SocketAddr, head: &[u8], bytes: &[u8], piece: usize) -> Vec<u8> {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_nodelay(true).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    // It may have been closed in the middle: the answer tells.
    let _ = connection.write_all(head);
    let _ = bytes.chunks(piece).try_for_each(|piece| connection.write_all(piece));
    let _ = connection.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    if let Err(error) = connection.read_to_end(&mut answer) {
        // What came too late for a connection that is closed resets it.
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{:?}", String::from_utf8_lossy(&answer));
    }
    answer
}
