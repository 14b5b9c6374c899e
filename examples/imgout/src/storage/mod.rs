//! Where originals come from.

mod folder;
mod http;

use std::sync::Arc;

use bytes::Bytes;
use fastts_server::Setting;
use futures_util::future::BoxFuture;

use crate::chosen::Chosen;
use crate::demo::Demo;
use crate::failure::Failure;
pub use folder::Folder;
pub use http::Http;

/// The longest original that is taken.
pub const LONGEST: usize = 16 << 20;

/// Has the originals.
pub trait Storage: Send + Sync + 'static {
    /// Reads the original of an image.
    ///
    /// # Errors
    /// When there is no such image, or the storage does not answer.
    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Bytes, Failure>>;
}

/// The storage that there is unless the environment says otherwise.
pub fn demo() -> Chosen<dyn Storage> {
    Chosen::new(Arc::new(Demo::default()))
}

/// `http://HOST/PATH/`, `folder:PATH`, or `demo`.
impl Setting for Chosen<dyn Storage> {
    fn read(text: &str) -> Result<Chosen<dyn Storage>, String> {
        let storage: Arc<dyn Storage> = match text.split_once(':') {
            None if text == "demo" => Arc::new(Demo::default()),
            Some(("folder", path)) if !path.is_empty() => Arc::new(Folder::new(path)),
            Some(("http", _)) => Arc::new(Http::new(text)?),
            Some(("https", _)) => return Err("an address that begins with `http://`: this example speaks no TLS".to_owned()),
            _ => return Err("`http://HOST/PATH/`, `folder:PATH` or `demo`".to_owned()),
        };
        Ok(Chosen::new(storage))
    }
}

/// Says that an original is longer than is taken.
fn too_long(id: &str) -> Failure {
    Failure::NotAnImage(format!("{id} has more than {} MiB", LONGEST >> 20).into())
}
