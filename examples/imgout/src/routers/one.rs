//! One worker for each step: everybody waits for those in front, whatever they want.

use fastts_server::prelude::*;

router! {
    pub fn one;

    use crate::breakers::breakers;
    use crate::parts::{Fresh, Parts, Thumb};
    use crate::request::Request;
    use crate::cache::{self, Cache};
    use crate::chosen::Chosen;
    use crate::engine::{self, Engine};
    use crate::storage::{self, Storage};

    let cache: Chosen<dyn Cache> = env_or("IMGOUT_CACHE", cache::memory());
    let storage: Chosen<dyn Storage> = env_or("IMGOUT_STORAGE", storage::demo());
    let engine: Chosen<dyn Engine> = env_or("IMGOUT_ENGINE", engine::plain());
    let parts = Parts::new(cache, storage, engine);

    /// Makes thumbnails: from the cache or the storage, through the engine.
    #[calls(200, timeout = 10s)]
    pipeline "thumb": Request -> Thumb {
        breakers(parts);
        map_async(1, timeout = 5s, |request| parts.clone().look(request));
        map_async(1, timeout = 5s, |found| parts.clone().load(found));
        tee { { filter_map(|loaded| loaded.fresh.clone()); publish("fresh") } }
        pool(1, timeout = 5s, overflow = 0, queue = 100) { map(|loaded| parts.resize(loaded)) };
        tee { { filter(|thumb| thumb.picture.is_ok()); meter("thumb") } }
    }

    /// Puts into the cache what the storage had.
    #[allow(no_effect)]
    pipeline "keep": Fresh from subscribe("fresh") {
        map_async(1, timeout = 5s, |fresh| parts.clone().keep(fresh))
    }
}
