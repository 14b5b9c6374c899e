// Mistake: what comes out is not what is promised
// Wanted: this pipeline replies with `Thumb`, but `usize` comes out of its last stage
use fastts_core::prelude::*;

#[derive(Clone, Debug, Item)]
pub struct Thumb {
    bytes: Vec<u8>,
}

router! {
    pipeline "P": String -> Thumb { filter(|name| !name.is_empty()); map(|name| name.len()) }
}

fn main() {
    router();
}
