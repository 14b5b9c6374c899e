// Mistake: two fragments of one name
// Wanted: a fragment named `critical` is already defined in this router, on line 6
use fastts_core::router;

router! {
    stages critical { where(metric > 0.9) }
    stages critical { where(metric > 0.8) }
    pipeline "P" { critical; stdout }
}

fn main() {
    router();
}
