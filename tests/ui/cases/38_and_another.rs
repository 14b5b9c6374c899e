// Mistake: an unfinished argument, and mistakes in other places
// Wanted: expected an expression, found `)`
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { under(12 +); over(1, 2); stdout }
    pipeline "Q" { scale("x"); stdout }
}

fn main() {
    router();
}
