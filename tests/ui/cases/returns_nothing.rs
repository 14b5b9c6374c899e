// Mistake: a stage of one's own that takes the flow and returns nothing
// Wanted: cannot infer type of the type parameter `ThisStageReturnsNoFlow`
use fastts_core::{Event, Flow, router};

fn ends<F: Flow<Item = Event>>(_: F) {}

router! {
    pipeline "P" { ends; stdout }
}

fn main() {
    router();
}
