// Mistake: a fuse for each key, and no end to keys
// Wanted: a breaker with a fuse for each key says of how many keys
use fastts_core::prelude::*;

fn page<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    flow
}

router! {
    pipeline "critical" { where(state == "critical"); page(breaker = Breaker::melts(2).per_key()); stdout }
}

fn main() {
    router();
}
