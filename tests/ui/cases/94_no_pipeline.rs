// Mistake: a block with a name only
// Wanted: expected a pipeline, found
use fastts_core::router;

router! {
    "P" { stdout }
}

fn main() {
    router();
}
