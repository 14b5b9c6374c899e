// Mistake: an unfinished argument
// Wanted: expected an expression, found `)`
use fastts_core::router;

router! {
    pipeline "P" { under(12 +); stdout }
}

fn main() {
    router();
}
