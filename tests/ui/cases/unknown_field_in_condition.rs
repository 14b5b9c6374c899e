// Mistake: a misspelled field in a condition
// Wanted: no method named `metrc` found
use fastts_core::router;

router! {
    pipeline "P" { where(metrc > 5); stdout }
}

fn main() {
    router();
}
