// Mistake: `expired` in a key
// Wanted: `expired` is a condition
use fastts_core::router;

router! {
    pipeline "P" { by(expired) { stdout } }
}

fn main() {
    router();
}
