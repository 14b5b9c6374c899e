// Mistake: no `;` between two `let`s
// Wanted: missing `;` at the end of this
use fastts_core::router;

router! {
    let a = 5
    let b = 6;
    pipeline "P" { under(a); over(b); stdout }
}

fn main() {
    router();
}
