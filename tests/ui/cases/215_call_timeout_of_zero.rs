// Mistake: calls that wait for no time at all
// Wanted: `timeout` takes a duration above zero, found `0s`
use fastts_core::prelude::*;

router! {
    #[calls(100, timeout = 0s)]
    pipeline "P": u32 -> u32 { map(|n| n + 1) }
}

fn main() {
    router();
}
