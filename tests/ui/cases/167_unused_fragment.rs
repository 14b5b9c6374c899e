// Mistake: a fragment that nobody uses
// Wanted: no pipeline uses the fragment `critical`
#![deny(deprecated)]
use fastts_core::router;

router! {
    stages critical(limit: f64) { where(metric > limit) }
    stages _kept { where(metric > 1) }
    pipeline "P" { stdout }
}

fn main() {
    router();
}
