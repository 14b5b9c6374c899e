// Mistake: a branch without stages
// Wanted: this branch has no stages
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { tee { { } { stdout } } stdout }
}

fn main() {
    router();
}
