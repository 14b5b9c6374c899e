// Mistake: a fragment whose name is a string
// Wanted: `stages` gives a name to stages
use fastts_core::router;

router! {
    stages "critical" { where(metric > 0.9) }
    pipeline "P" { stdout }
}

fn main() {
    router();
}
