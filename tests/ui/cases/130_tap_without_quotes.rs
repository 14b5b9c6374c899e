// Mistake: the name of a `tap` without quotes
// Wanted: `tap` takes a text, found the name `slow`
use fastts_core::router;

router! {
    pipeline "P" { tap(slow); stdout }
}

fn main() {
    router();
}
