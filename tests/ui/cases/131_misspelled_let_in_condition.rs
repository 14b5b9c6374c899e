// Mistake: a misspelled `let` in a condition
// Wanted: neither events nor this router know `limt`
use fastts_core::router;

router! {
    let limit = 5;
    pipeline "P" { by(host) { where(metric > limt) } stdout }
}

fn main() {
    router();
}
