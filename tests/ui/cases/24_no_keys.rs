// Mistake: `by` without a field
// Wanted: `by` takes at least 1 argument
use fastts_core::router;

router! {
    pipeline "P" { by() { stdout } }
}

fn main() {
    router();
}
