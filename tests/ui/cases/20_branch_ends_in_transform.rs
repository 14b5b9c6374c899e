// Mistake: a branch whose last stage has no effect
// Wanted: this branch ends in a transform, so its events go nowhere
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { tee { { under(12) } { stdout } } stdout }
}

fn main() {
    router();
}
