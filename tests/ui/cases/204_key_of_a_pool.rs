// Mistake: a key that is the same for every event
// Wanted: fields
use fastts_core::router;

router! {
    pipeline "P" { pool(2, key = 5) { filter(|e| e.metric() > 5) }; stdout }
}

fn main() {
    router();
}
