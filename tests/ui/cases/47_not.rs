// Mistake: `not` before a comparison
// Wanted: conditions have no operator `not`
use fastts_core::router;

router! {
    pipeline "P" { where(not metric > 5); stdout }
}

fn main() {
    router();
}
