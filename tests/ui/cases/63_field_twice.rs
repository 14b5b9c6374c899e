// Mistake: one field set twice
// Wanted: this `with` sets `state` already
use fastts_core::router;

router! {
    pipeline "P" { with(state = "ok", state = "bad"); stdout }
}

fn main() {
    router();
}
