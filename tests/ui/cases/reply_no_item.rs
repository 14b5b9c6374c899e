// Mistake: a reply that cannot travel
// Wanted: `Thumb` cannot travel through a pipeline
use fastts_core::prelude::*;

#[derive(Clone, Debug)]
pub struct Thumb {
    bytes: Vec<u8>,
}

router! {
    pipeline "P": String -> Thumb { map(|name| Thumb { bytes: name.clone().into_bytes() }) }
}

fn main() {
    router();
}
