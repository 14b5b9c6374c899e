// Mistake: a pipeline without a name
// Wanted: this pipeline has no name
use fastts_core::router;

router! {
    pipeline { under(12); stdout }
}

fn main() {
    router();
}
