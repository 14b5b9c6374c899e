// Mistake: a count below zero
// Wanted: a count must be a whole number above 0, found `-1`
use fastts_core::router;

router! {
    pipeline "P" { moving_event_window(-1); map(|window| window.len()); inspect(|_| ()) }
}

fn main() {
    router();
}
