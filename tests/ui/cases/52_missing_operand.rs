// Mistake: nothing behind an operator
// Wanted: expected a field or a value here
use fastts_core::router;

router! {
    pipeline "P" { where(metric > ); stdout }
}

fn main() {
    router();
}
