// Mistake: a duration of nothing
// Wanted: an interval must be longer than zero, found `0s`
use fastts_core::router;

router! {
    pipeline "P" { stable(0s, state); stdout }
}

fn main() {
    router();
}
