//! A cache in the memory of the program.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use moka::sync;

use super::Cache;
use crate::failure::Failure;

/// Keeps originals in the program's own memory, those that are wanted most.
pub struct Memory(sync::Cache<Arc<str>, Bytes>);

impl Memory {
    /// Makes one that takes so many bytes.
    pub fn new(bytes: u64) -> Memory {
        let weight = |id: &Arc<str>, original: &Bytes| u32::try_from(id.len() + original.len()).unwrap_or(u32::MAX);
        Memory(sync::Cache::builder().max_capacity(bytes).weigher(weight).build())
    }
}

/// Takes 64 MiB, as memcached does.
impl Default for Memory {
    fn default() -> Memory {
        Memory::new(64 << 20)
    }
}

impl Cache for Memory {
    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, Failure>> {
        ready(Ok(self.0.get(id))).boxed()
    }

    fn write<'a>(&'a self, id: &'a str, original: Bytes) -> BoxFuture<'a, Result<(), Failure>> {
        self.0.insert(id.into(), original);
        ready(Ok(())).boxed()
    }
}
