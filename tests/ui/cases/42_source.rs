// Mistake: a pipeline with a source of its own
// Wanted: a source of one pipeline (`from ...`) is not available yet
use fastts_core::router;

router! {
    pipeline "P" from kafka("topic") { stdout }
}

fn main() {
    router();
}
