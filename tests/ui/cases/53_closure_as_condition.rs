// Mistake: a closure for a condition
// Wanted: `where` takes a condition on fields, not a closure
use fastts_core::router;

router! {
    pipeline "P" { where(|e| e.metric() > 5); stdout }
}

fn main() {
    router();
}
