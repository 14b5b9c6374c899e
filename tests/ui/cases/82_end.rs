// Mistake: a block that ends with `end` too
// Wanted: blocks end with `}` here, not with `end`
use fastts_core::router;

router! {
    pipeline "P" { stdout end }
}

fn main() {
    router();
}
