// Mistake: a field where windows come
// Wanted: windows come here, and `metric` is a field of events
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { fixed_time_window(5s); where(metric > 5); stdout }
    pipeline "Q" { batch(10, 5s); with(state = service); changed(host); stdout }
}

fn main() {
    router();
}
