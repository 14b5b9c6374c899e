// Mistake: a parameter of a fragment without its type
// Wanted: a parameter of a fragment is a name with its type
use fastts_core::router;

router! {
    stages critical(limit) { where(metric > 0.9) }
    pipeline "P" { stdout }
}

fn main() {
    router();
}
