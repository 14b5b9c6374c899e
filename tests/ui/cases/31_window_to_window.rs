// Mistake: windows fed to a stage that makes windows
// Wanted: this stage works on events, but `Window` arrives here
use fastts_core::router;

router! {
    pipeline "P" { batch(10, 5s); fixed_time_window(5s); count; stdout }
}

fn main() {
    router();
}
