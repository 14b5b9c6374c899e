// Mistake: topics that lead round in a circle
// Wanted: what is published here would come round for ever: "raw" → pipeline "Q" → "doubled" → pipeline "P" → "raw"
use fastts_core::router;

router! {
    pipeline "P" from subscribe("doubled") { publish("raw") }
    pipeline "Q" from subscribe("raw") { scale(2); by(host) { publish("doubled") } stdout }
}

fn main() {
    router();
}
