// Mistake: the name of a `tap` without quotes
// Wanted: the name of a `tap` is a text
use fastts_core::router;

router! {
    pipeline "P" { tap(slow); stdout }
}

fn main() {
    router();
}
