// Mistake: a subscription to a constant
// Wanted: `from subscribe` takes the name of a topic as a string literal, found `HIGH`
use fastts_core::router;

router! {
    const HIGH: &str = "high";
    pipeline "P" from subscribe(HIGH) { stdout }
}

fn main() {
    router();
}
