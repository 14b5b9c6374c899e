// Mistake: a `let` that changes
// Wanted: `n` cannot be `mut`
use fastts_core::router;

router! {
    let mut n = 0;
    pipeline "P" { inspect(|_| n += 1) }
}

fn main() {
    router();
}
