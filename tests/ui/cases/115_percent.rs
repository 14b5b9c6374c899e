// Mistake: percent for the points of a distribution
// Wanted: a point is a number from 0 to 1, found `50`
use fastts_core::router;

router! {
    pipeline "P" { percentiles(5s, [50, 95, 99]); stdout }
}

fn main() {
    router();
}
