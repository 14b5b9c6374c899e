// Mistake: a misspelled stage in a module of one's own
// Wanted: cannot find function `aler` in module `mine`
use fastts_core::router;

mod mine {
    use fastts_core::{Event, Flow, stages};

    pub fn alert<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        stages::tag(flow, "alert")
    }

    pub fn nothing() {}
}

router! {
    pipeline "P" { mine::aler(); stdout }
}

fn main() {
    router();
}
