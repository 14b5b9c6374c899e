// Mistake: a source that there is not
// Wanted: a pipeline is fed by the sources, or by a topic
use fastts_core::router;

router! {
    pipeline "P" from kafka("topic") { stdout }
}

fn main() {
    router();
}
