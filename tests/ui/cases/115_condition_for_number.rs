// Mistake: a condition where a number stands
// Wanted: `over` takes a value here, found the condition `metric > 5`
use fastts_core::router;

router! {
    pipeline "P" { over(metric > 5); stdout }
}

fn main() {
    router();
}
