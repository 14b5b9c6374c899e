// Mistake: a pipeline that replies and subscribes to a topic
// Wanted: a pipeline that replies gets what callers ask, and nothing from a topic
use fastts_core::prelude::*;

router! {
    pipeline "P" { publish("numbers") }
    pipeline "Q": Event -> Event from subscribe("numbers") { tag("x") }
}

fn main() {
    router();
}
