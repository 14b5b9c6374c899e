// Mistake: a pool in a block that is copied for every key
// Wanted: `pool` stands at the top of a pipeline
use fastts_core::router;

router! {
    pipeline "P" { by(host) { pool(2) { filter(|e| e.metric() > 5) } }; stdout }
}

fn main() {
    router();
}
