// Mistake: a share above 1
// Wanted: a share is a number above 0 and at most 1, found `5`
use fastts_core::router;

router! {
    pipeline "P" { ewma_timeless(5); stdout }
}

fn main() {
    router();
}
