// Mistake: a fragment with the name of a built-in stage
// Wanted: `throttle` is a built-in stage
use fastts_core::router;

router! {
    stages throttle(limit: f64) { where(metric > limit) }
    pipeline "P" { throttle(0.9); stdout }
}

fn main() {
    router();
}
