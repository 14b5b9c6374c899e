// Mistake: an average of windows
// Wanted: this stage works on events, but `Window` arrives here
use fastts_core::router;

router! {
    pipeline "P" { fixed_event_window(3); ewma(1m); stdout }
}

fn main() {
    router();
}
