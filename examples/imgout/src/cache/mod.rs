//! Where originals are kept that the storage has brought once.

mod memcached;
mod memory;
mod none;

use std::sync::Arc;

use bytes::Bytes;
use fastts_server::Setting;
use futures_util::future::BoxFuture;

use crate::chosen::Chosen;
use crate::failure::Failure;
pub use memcached::Memcached;
pub use memory::Memory;
pub use none::NoCache;

/// Keeps originals by the names of their images, as long as it likes.
pub trait Cache: Send + Sync + 'static {
    /// Reads an original; `None` when it is not there.
    ///
    /// # Errors
    /// When the cache does not answer.
    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, Failure>>;

    /// Keeps an original, or does not when it is too large.
    ///
    /// # Errors
    /// When the cache does not answer.
    fn write<'a>(&'a self, id: &'a str, original: Bytes) -> BoxFuture<'a, Result<(), Failure>>;
}

/// The cache that there is unless the environment says otherwise.
pub fn memory() -> Chosen<dyn Cache> {
    Chosen::new(Arc::new(Memory::default()))
}

/// `memory` or `memory:MEGABYTES`, `memcached:HOST:PORT`, `none`.
impl Setting for Chosen<dyn Cache> {
    fn read(text: &str) -> Result<Chosen<dyn Cache>, String> {
        let (kind, rest) = text.split_once(':').map_or((text, None), |(kind, rest)| (kind, Some(rest)));
        let cache: Arc<dyn Cache> = match (kind, rest) {
            ("none", None) => Arc::new(NoCache),
            ("memory", None) => Arc::new(Memory::default()),
            ("memory", Some(megabytes)) => {
                let megabytes = megabytes.parse::<u32>().map_err(|_| "memory:MEGABYTES, such as `memory:64`")?;
                Arc::new(Memory::new(u64::from(megabytes) << 20))
            }
            ("memcached", Some(server)) if server.contains(':') => Arc::new(Memcached::new(server)),
            _ => return Err("`memory`, `memory:MEGABYTES`, `memcached:HOST:PORT` or `none`".to_owned()),
        };
        Ok(Chosen::new(cache))
    }
}
