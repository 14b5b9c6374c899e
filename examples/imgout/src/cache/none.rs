//! No cache.

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};

use super::Cache;
use crate::failure::Failure;

/// Keeps nothing.
pub struct NoCache;

impl Cache for NoCache {
    fn read<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, Failure>> {
        ready(Ok(None)).boxed()
    }

    fn write<'a>(&'a self, _: &'a str, _: Bytes) -> BoxFuture<'a, Result<(), Failure>> {
        ready(Ok(())).boxed()
    }
}
