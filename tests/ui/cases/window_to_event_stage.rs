// Mistake: a window fed to a stage for events
// Wanted: this stage works on events, but `Window` arrives here
use fastts_core::router;

router! {
    pipeline "P" { moving_event_window(3); under(12); stdout }
}

fn main() {
    router();
}
