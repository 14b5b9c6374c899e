// Mistake: a worker of a pool publishes
// Wanted: publish behind the pool
use fastts_core::router;

router! {
    pipeline "P" { pool(2) { publish("seen") } }
    pipeline "Q" from subscribe("seen") { stdout }
}

fn main() {
    router();
}
