// Mistake: a number for the points of a distribution
// Wanted: points must be a list of numbers from 0 to 1
use fastts_core::router;

router! {
    pipeline "P" { percentiles(5s, 0.95); stdout }
}

fn main() {
    router();
}
