// Mistake: a misspelled field as a key
// Wanted: no method named `hst` found
use fastts_core::router;

router! {
    pipeline "P" { by(hst) { stdout } }
}

fn main() {
    router();
}
