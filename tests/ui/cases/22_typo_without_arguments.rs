// Mistake: a misspelled stage without arguments
// Wanted: a function with a similar name exists
use fastts_core::router;

router! {
    pipeline "P" { stdou; }
}

fn main() {
    router();
}
