// Mistake: a window fed to a stage of one's own that takes events
// Wanted: expected `Event`, found `Window`
// Falls short: 4 messages; the type of a user's stage asks for the same again wherever it goes
use fastts_core::router;

mod mine {
    use fastts_core::{Event, Flow, stages};

    pub fn alert<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        stages::tag(flow, "alert")
    }

    pub fn nothing() {}
}

router! {
    pipeline "P" { moving_event_window(3); mine::alert; stdout }
}

fn main() {
    router();
}
