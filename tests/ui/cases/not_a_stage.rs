// Mistake: a function that is no stage
// Wanted: this function takes 0 arguments but 1 argument was supplied
use fastts_core::router;

mod mine {
    use fastts_core::{Event, Flow, stages};

    pub fn alert<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        stages::tag(flow, "alert")
    }

    pub fn nothing() {}
}

router! {
    pipeline "P" { mine::nothing(); stdout }
}

fn main() {
    router();
}
