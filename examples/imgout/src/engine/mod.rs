//! What makes a thumbnail of an original.

mod fast;
mod format;
mod plain;

use std::sync::Arc;

use bytes::Bytes;
use fastts_server::Setting;

use crate::chosen::Chosen;
use crate::failure::Failure;
use crate::request::Size;
pub use fast::Fast;
pub use plain::Plain;

/// Makes thumbnails. It takes as long as it takes: it runs in a pool whose threads may be kept busy.
pub trait Engine: Send + Sync + 'static {
    /// Makes a thumbnail of an original, in the same format.
    ///
    /// # Errors
    /// When the original is no image that can be read.
    fn thumb(&self, original: &[u8], size: Size) -> Result<Picture, Failure>;
}

/// A picture as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its media type: `image/jpeg`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Bytes,
}

/// The engine that there is unless the environment says otherwise.
pub fn plain() -> Chosen<dyn Engine> {
    Chosen::new(Arc::new(Plain))
}

/// `image` or `fast`.
impl Setting for Chosen<dyn Engine> {
    fn read(text: &str) -> Result<Chosen<dyn Engine>, String> {
        let engine: Arc<dyn Engine> = match text {
            "image" => Arc::new(Plain),
            "fast" => Arc::new(Fast),
            _ => return Err("`image` or `fast`".to_owned()),
        };
        Ok(Chosen::new(engine))
    }
}
