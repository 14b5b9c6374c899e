// Mistake: a number fed to a stage for events
// Wanted: this stage works on events, but `f64` arrives here
use fastts_core::router;

router! {
    pipeline "P" { map(|e| e.metric().as_f64().unwrap_or(0.0)); rate(5); stdout }
}

fn main() {
    router();
}
