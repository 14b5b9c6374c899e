// Mistake: a misspelled fragment
// Wanted: similarly named function `critical` defined here
use fastts_core::router;

router! {
    stages critical(limit: f64) { where(metric > limit) }
    pipeline "P" { critcal(0.9); stdout }
}

fn main() {
    router();
}
