// Mistake: `where` without parentheses
// Wanted: `where` is not written like this
use fastts_core::router;

router! {
    pipeline "P" { where metric > 5; stdout }
}

fn main() {
    router();
}
