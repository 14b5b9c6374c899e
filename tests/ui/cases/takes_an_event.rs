// Mistake: a function of an event, where a stage is a function of the flow
// Wanted: mismatched types
use fastts_core::{EventView, router};

fn notify(_: EventView<'_>) {}

router! {
    pipeline "P" { notify; filter(|e| e.host().is_some()); stdout }
}

fn main() {
    router();
}
