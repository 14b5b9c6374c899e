// Mistake: another word for `pipeline`
// Wanted: expected `pipeline`, found `route`
use fastts_core::router;

router! {
    route "P" { under(12); stdout }
}

fn main() {
    router();
}
