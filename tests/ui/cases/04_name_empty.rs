// Mistake: an empty name
// Wanted: a pipeline name may not be empty
use fastts_core::router;

router! {
    pipeline "" { under(12); stdout }
}

fn main() {
    router();
}
