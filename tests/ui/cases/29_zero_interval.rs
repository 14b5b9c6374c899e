// Mistake: an interval of nothing
// Wanted: an interval must be longer than zero, found `0`
use fastts_core::router;

router! {
    pipeline "P" { rate(0); stdout }
}

fn main() {
    router();
}
