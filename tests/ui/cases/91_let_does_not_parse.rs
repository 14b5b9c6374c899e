// Mistake: an unfinished `let`
// Wanted: expected an expression
use fastts_core::router;

router! {
    let limit = 12 +;
    pipeline "P" { under(limit); where(metric != limit); stdout }
}

fn main() {
    router();
}
