// Mistake: a brace in a text that is not closed
// Wanted: this `{` is not closed
use fastts_core::router;

router! {
    pipeline "P" { with(description = text("{host} is {state")); stdout }
}

fn main() {
    router();
}
