// Mistake: windows on the topic of the index
// Wanted: `Window` is published here, but the pipelines that subscribe to this topic take `Event`
use fastts_core::router;

router! {
    pipeline "P" { moving_event_window(5); publish("index") }
}

fn main() {
    router();
}
