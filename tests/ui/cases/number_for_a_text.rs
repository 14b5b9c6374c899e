// Mistake: a number for a text
// Wanted: a text field takes a text, found
use fastts_core::router;

router! {
    let five = 5;
    pipeline "P" { with(state = five); stdout }
}

fn main() {
    router();
}
