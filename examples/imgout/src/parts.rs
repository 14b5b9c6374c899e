//! What a thumbnailer is built of, and what happens to a request on its way through it.
//!
//! What goes wrong travels on in the place of the image, so that every request gets a reply.

use std::sync::Arc;

use bytes::Bytes;
use fastts_server::Item;
use fastts_server::breaker::Breakers;

use crate::cache::Cache;
use crate::chosen::Chosen;
use crate::engine::{Engine, Picture};
use crate::failure::Failure;
use crate::flights::{Flight, Flights};
use crate::guarded::Guarded;
use crate::request::{Id, Request};
use crate::storage::Storage;

/// An original, or why there is none.
pub type Original = Result<Bytes, Failure>;

/// A request, and the original when the cache had it.
#[derive(Clone, Item)]
pub struct Found {
    /// What is asked for.
    pub request: Request,
    /// What the cache had.
    pub original: Option<Bytes>,
}

/// A request, and the original.
#[derive(Clone, Item)]
pub struct Loaded {
    /// What is asked for.
    pub request: Request,
    /// What came of the cache or the storage.
    pub original: Original,
    /// What the cache should have: only one of those who have waited for the same fetch gets it.
    pub fresh: Option<Fresh>,
}

/// An original that was fetched just now.
#[derive(Clone, Item)]
pub struct Fresh {
    /// Whose it is.
    pub id: Id,
    /// The file.
    pub original: Bytes,
    /// Until it is in the cache, whoever has missed it there gets it here.
    _flight: Arc<Flight<Original>>,
}

/// The reply.
#[derive(Clone, Debug, PartialEq, Eq, Item)]
pub struct Thumb {
    /// The thumbnail, or why there is none.
    pub picture: Result<Picture, Failure>,
}

/// What a thumbnailer is built of, and what each part does.
#[derive(Clone)]
pub struct Parts {
    cache: Arc<Guarded<dyn Cache>>,
    storage: Arc<Guarded<dyn Storage>>,
    engine: Chosen<dyn Engine>,
    flights: Flights<Original>,
}

impl Parts {
    /// Takes the parts.
    pub fn new(cache: Chosen<dyn Cache>, storage: Chosen<dyn Storage>, engine: Chosen<dyn Engine>) -> Parts {
        Parts { cache: Guarded::cache(cache), storage: Guarded::storage(storage), engine, flights: Flights::new() }
    }

    /// Gives the cache and the storage the breakers of the router.
    pub fn open(&self, breakers: &Breakers) {
        self.cache.open(breakers);
        self.storage.open(breakers);
    }

    /// Looks whether the cache has the original. A cache that does not answer is as one that has nothing: it is slower, and nothing fails.
    pub async fn look(self, request: Request) -> Found {
        let original = self.cache.read(request.id.as_str()).await.unwrap_or_default();
        Found { request, original }
    }

    /// Fetches from the storage what the cache does not have, once for all who want it.
    pub async fn load(self, found: Found) -> Loaded {
        let Found { request, original } = found;
        if let Some(original) = original {
            return Loaded { request, original: Ok(original), fresh: None };
        }
        let flight = self.flights.join(request.id.as_str(), || self.clone().fetch(request.id.clone()));
        let original = flight.landed().await;
        let mut fresh = None;
        if let Ok(original) = original.clone()
            && flight.is_first()
        {
            fresh = Some(Fresh { id: request.id.clone(), original, _flight: Arc::new(flight) });
        }
        Loaded { request, original, fresh }
    }

    async fn fetch(self, id: Id) -> Original {
        // Whoever has missed it may have waited here for so long that another has fetched it and put it there.
        if let Ok(Some(original)) = self.cache.read(id.as_str()).await {
            return Ok(original);
        }
        self.storage.read(id.as_str()).await
    }

    /// Makes the thumbnail.
    pub fn resize(&self, loaded: &Loaded) -> Thumb {
        let picture =
            loaded.original.as_ref().map_err(Failure::clone).and_then(|original| self.engine.thumb(original, loaded.request.size));
        Thumb { picture }
    }

    /// Puts an original into the cache. When that does not answer, the next one who wants it fetches it.
    pub async fn keep(self, fresh: Fresh) {
        let _ = self.cache.write(fresh.id.as_str(), fresh.original.clone()).await;
    }
}
