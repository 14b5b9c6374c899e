// Mistake: `|` for `||`
// Wanted: conditions have no operator `|`
use fastts_core::router;

router! {
    pipeline "P" { where(metric > 5 | host == "a"); stdout }
}

fn main() {
    router();
}
