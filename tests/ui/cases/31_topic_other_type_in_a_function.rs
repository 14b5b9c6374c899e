// Mistake: a function of the user's that publishes something else
// Wanted: `Event` is published here, but the pipelines that subscribe to this topic take `u8`
use fastts_core::{Event, Flow, Topic, router, stages};

fn shout<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    stages::publish(flow, Topic::<u8>::new("x"))
}


router! {
    pipeline "P" { shout; stdout }
}

fn main() {
    router();
}
