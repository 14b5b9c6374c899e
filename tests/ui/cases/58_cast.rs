// Mistake: a cast in a condition
// Wanted: this is not part of a condition
use fastts_core::router;

router! {
    const LIMIT: u8 = 5;
    pipeline "P" { where(metric > LIMIT as f64); stdout }
}

fn main() {
    router();
}
