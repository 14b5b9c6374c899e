// Mistake: a constant as a stage
// Wanted: `LIMIT` looks like a constant, not a stage
use fastts_core::router;

router! {
    const LIMIT: i32 = 12;
    pipeline "P" { LIMIT; stdout }
}

fn main() {
    router();
}
