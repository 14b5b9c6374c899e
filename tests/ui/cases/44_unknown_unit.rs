// Mistake: a unit that durations do not have
// Wanted: unknown unit `sec` of a duration
use fastts_core::router;

router! {
    pipeline "P" { rate(5sec); stdout }
}

fn main() {
    router();
}
