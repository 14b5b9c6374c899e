// Mistake: a rate in a pool, whose workers see some of the events each
// Wanted: the rate stands before or behind the pool
use fastts_core::router;

router! {
    pipeline "P" { pool(2) { rate(5s) }; stdout }
}

fn main() {
    router();
}
