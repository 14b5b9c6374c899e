// Mistake: a number for a text
// Wanted: a text field takes a text, found
use fastts_core::router;

router! {
    pipeline "P" { with(state = 5); stdout }
}

fn main() {
    router();
}
