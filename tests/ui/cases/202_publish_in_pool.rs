// Mistake: a worker of a pool publishes
// Wanted: write `publish("seen")` behind the pool
use fastts_core::router;

router! {
    pipeline "P" { pool(2) { publish("seen") } }
    pipeline "Q" from subscribe("seen") { stdout }
}

fn main() {
    router();
}
