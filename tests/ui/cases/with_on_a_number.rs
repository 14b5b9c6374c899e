// Mistake: `with` on what is no event
// Wanted: `with`, `default` and `adjust` change fields of events, but `f64` arrives here
use fastts_core::router;

router! {
    pipeline "P" { map(|e| e.metric().as_f64().unwrap_or(0.0)); with(state = "ok"); stdout }
}

fn main() {
    router();
}
