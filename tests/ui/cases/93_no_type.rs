// Mistake: a `:` without a type
// Wanted: expected the type of the items after `:`
use fastts_core::router;

router! {
    pipeline "P": { inspect(|_| ()) }
}

fn main() {
    router();
}
