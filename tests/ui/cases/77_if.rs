// Mistake: `if` as a stage
// Wanted: `if` is not a stage
use fastts_core::router;

router! {
    pipeline "P" { if metric > 5 { stdout }; stdout }
}

fn main() {
    router();
}
