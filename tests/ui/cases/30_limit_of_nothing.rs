// Mistake: a limit of nothing
// Wanted: a count must be a whole number above 0, found `0`
use fastts_core::router;

router! {
    pipeline "P" { rollup(5, 1h, limit = 0); sum; stdout }
}

fn main() {
    router();
}
