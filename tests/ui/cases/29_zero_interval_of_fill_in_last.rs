// Mistake: an interval of nothing before fields
// Wanted: an interval must be longer than zero, found `0s`
use fastts_core::router;

router! {
    pipeline "P" { fill_in_last(0s, state = "filled"); stdout }
}

fn main() {
    router();
}
