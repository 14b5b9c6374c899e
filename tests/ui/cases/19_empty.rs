// Mistake: a pipeline without stages
// Wanted: pipeline "P" has no stages and is not started
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { }
}

fn main() {
    router();
}
