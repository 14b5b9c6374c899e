// Mistake: fragments that use fragments, so that the stages of one multiply
// Wanted: `d` becomes more than 1000 stages
use fastts_core::router;

router! {
    stages a { over(1); over(2) }
    stages b { a; a; a; a; a; a; a; a }
    stages c { b; b; b; b; b; b; b; b }
    stages d { c; c; c; c; c; c; c; c }
    stages f { d; d; d; d; d; d; d; d }
    pipeline "P" { f; stdout }
}

fn main() {
    router();
}
