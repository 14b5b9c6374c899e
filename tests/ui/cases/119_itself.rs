// Mistake: a pipeline that publishes to itself
// Wanted: what is published here would come round for ever: "a" → pipeline "P" → "a"
use fastts_core::router;

router! {
    pipeline "P" from subscribe("a") { tee { { over(5); publish("a") } } stdout }
}

fn main() {
    router();
}
