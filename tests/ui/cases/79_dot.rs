// Mistake: a field set as in Vector
// Wanted: expected a stage such as `under(12)`, found `.state = "ok"`
use fastts_core::router;

router! {
    pipeline "P" { .state = "ok"; stdout }
}

fn main() {
    router();
}
