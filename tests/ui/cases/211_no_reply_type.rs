// Mistake: an arrow without a type
// Wanted: expected the type of the reply after `->`
use fastts_core::prelude::*;

router! {
    pipeline "P": u32 -> { map(|n| n + 1) }
}

fn main() {
    router();
}
