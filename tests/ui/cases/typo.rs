// Mistake: a misspelled stage
// Wanted: cannot find function `undr` in this scope
use fastts_core::router;

router! {
    pipeline "P" { undr(12); stdout }
}

fn main() {
    router();
}
