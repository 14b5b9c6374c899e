// Mistake: a rate in a pool, whose workers see some of the events each
// Wanted: write `rate(5s)` before or behind the pool
use fastts_core::router;

router! {
    pipeline "P" { pool(2) { rate(5s) }; stdout }
}

fn main() {
    router();
}
