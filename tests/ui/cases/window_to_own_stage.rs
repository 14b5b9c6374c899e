// Mistake: a window fed to a stage of one's own that takes events
// Wanted: expected `Event`, found `Window`
// Falls short: 3 messages; what the stage returns is an opaque type that names the flow which it was given. rustc checks the
// bounds of that flow again wherever the type occurs: in the call, and in each stage behind it. No bound can be asked about
// beforehand, since only the call says which function is meant; hence no gate (`gate.rs`) can tell.
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
