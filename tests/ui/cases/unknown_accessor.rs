// Mistake: a misspelled accessor in a closure
// Wanted: no method named `metrc` found
use fastts_core::router;

router! {
    pipeline "P" { filter(|e| e.metrc() > 5); stdout }
}

fn main() {
    router();
}
