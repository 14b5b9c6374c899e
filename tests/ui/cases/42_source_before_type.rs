// Mistake: the type behind the source
// Wanted: a pipeline is fed by the sources, or by a topic
use fastts_core::router;

router! {
    pipeline "P" from subscribe("topic"): u8 { stdout }
}

fn main() {
    router();
}
