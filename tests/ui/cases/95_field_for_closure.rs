// Mistake: a field for the closure of `extremum`
// Wanted: `extremum` takes a closure, found `metric`
use fastts_core::router;

router! {
    pipeline "P" { fixed_event_window(3); extremum(metric); stdout }
}

fn main() {
    router();
}
