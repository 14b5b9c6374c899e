//! The programs that the tests start, and stop again.

mod http;
mod memcached;
mod origin;
mod pictures;
mod unready;

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use http::Imgout;
pub(crate) use memcached::Memcached;
pub(crate) use origin::Origin;
pub(crate) use pictures::picture;
pub(crate) use unready::{Silent, Writes};

/// How long anything may take; tests end long before.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Finds a program.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Runs a future to its end.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE, future).await.expect("it takes too long") })
}

/// Makes a folder with these files, and returns its path.
pub(crate) fn folder(name: &str, files: &[(&str, &[u8])]) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}
