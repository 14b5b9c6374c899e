// Mistake: a literal as a stage
// Wanted: expected a stage such as `under(12)`, found a literal
use fastts_core::router;

router! {
    pipeline "P" { "x"; stdout }
}

fn main() {
    router();
}
