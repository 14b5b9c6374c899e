// Mistake: `project` without a condition
// Wanted: `project` takes at least 1 argument
use fastts_core::router;

router! {
    pipeline "P" { project(); quotient; stdout }
}

fn main() {
    router();
}
