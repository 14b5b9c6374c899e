// Mistake: a topic that is a constant
// Wanted: `publish` takes the name of a topic as a string literal, found `HIGH`
use fastts_core::router;

router! {
    const HIGH: &str = "high";
    pipeline "P" { over(5); publish(HIGH); rate(5); stdout }
}

fn main() {
    router();
}
