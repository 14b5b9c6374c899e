// Mistake: a topic without a name
// Wanted: the name of a topic may not be empty
use fastts_core::router;

router! {
    pipeline "P" { publish("") }
}

fn main() {
    router();
}
