//! A folder of files.

use std::io::ErrorKind;
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::{LONGEST, Storage, too_long};
use crate::failure::Failure;

/// A folder whose files are the originals.
pub struct Folder(PathBuf);

impl Folder {
    /// Takes the files of a folder.
    pub fn new(path: impl Into<PathBuf>) -> Folder {
        Folder(path.into())
    }
}

impl Storage for Folder {
    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Bytes, Failure>> {
        let failed = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::IsADirectory => Failure::NotFound,
            _ => Failure::unavailable(format_args!("the folder {}: {error}", self.0.display())),
        };
        async move {
            let file = File::open(self.0.join(id)).await.map_err(failed)?;
            let mut original = Vec::new();
            file.take(LONGEST as u64 + 1).read_to_end(&mut original).await.map_err(failed)?;
            if original.len() > LONGEST { Err(too_long(id)) } else { Ok(original.into()) }
        }
        .boxed()
    }
}
