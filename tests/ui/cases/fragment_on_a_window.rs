// Mistake: a fragment of stages for events, behind a window
// Wanted: this stage works on events, but `Window` arrives here
use fastts_core::router;

router! {
    stages critical(limit: f64) { under(limit); tag("critical") }
    pipeline "P" { critical(0.9); moving_event_window(3); critical(0.5); stdout }
}

fn main() {
    router();
}
