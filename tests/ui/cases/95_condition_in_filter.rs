// Mistake: a condition for a closure
// Wanted: `filter` takes a closure, found `metric > 5`
use fastts_core::router;

router! {
    pipeline "P" { filter(metric > 5); stdout }
}

fn main() {
    router();
}
