// Mistake: a pipeline whose last stage has no effect
// Wanted: pipeline "P" ends in a transform, so its events go nowhere
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { stdout; under(12) }
}

fn main() {
    router();
}
