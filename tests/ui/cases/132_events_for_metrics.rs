// Mistake: accessors on the metrics that `extremum` compares
// Wanted: the closure of `extremum` is given metrics, not events
use fastts_core::router;

router! {
    pipeline "P" { fixed_event_window(3); extremum(|a, b| a.metric() > b.metric()); stdout }
}

fn main() {
    router();
}
