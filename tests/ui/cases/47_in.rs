// Mistake: Python's `in`
// Wanted: conditions have no operator `in`
use fastts_core::router;

router! {
    pipeline "P" { where(host in ["a", "b"]); stdout }
}

fn main() {
    router();
}
