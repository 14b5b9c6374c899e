// Mistake: a stage as a condition
// Wanted: `not_expired` is a stage, not a condition
use fastts_core::router;

router! {
    pipeline "P" { where(metric > 5 && not_expired); stdout }
}

fn main() {
    router();
}
