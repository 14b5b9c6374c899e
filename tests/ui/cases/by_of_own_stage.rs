// Mistake: a stage of one's own in a block of `by`, which does not say that it can be copied
// Wanted: a block of `by` is copied for every key, but a stage in it cannot be copied
use fastts_core::{Event, Flow, router, stages};

fn calm<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    stages::throttle(flow, 1, 60)
}

fn copied<F: Flow<Item = Event, Stage: Clone>>(flow: F) -> impl Flow<In = F::In, Item = Event, Stage: Clone> {
    stages::throttle(flow, 1, 60)
}

router! {
    pipeline "P" { by(host) { changed(state); calm } map(|e| e.to_owned()); stdout }
    pipeline "Q" { by(host) { copied } stdout }
}

fn main() {
    router();
}
