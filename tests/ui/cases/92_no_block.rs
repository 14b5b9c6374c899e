// Mistake: a pipeline without braces
// Wanted: expected the `{ ... }` of the pipeline, found `under`
use fastts_core::router;

router! {
    pipeline "P" under(12); stdout
    pipeline "Q" { stdout }
}

fn main() {
    router();
}
