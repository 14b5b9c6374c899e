// Mistake: an option that a stage of one's own does not have
// Wanted: no method named `configure` found
use fastts_core::router;

mod mine {
    use fastts_core::{Event, Flow, stages};

    pub fn alert<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        stages::tag(flow, "alert")
    }

    pub fn nothing() {}
}

router! {
    pipeline "P" { mine::alert(limit = 3); stdout }
}

fn main() {
    router();
}
