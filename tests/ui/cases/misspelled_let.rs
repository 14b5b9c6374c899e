// Mistake: a misspelled `let`, which is then not used
// Wanted: cannot find value `limt` in this scope
#![deny(warnings)]
use fastts_core::router;

router! {
    let limit = 5;
    pipeline "P" { above_for(limt, 5s); stdout }
}

fn main() {
    router();
}
