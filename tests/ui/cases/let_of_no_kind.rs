// Mistake: a `let` that cannot be compared
// Wanted: `&Vec<{integer}>` cannot be compared in a predicate
use fastts_core::router;

router! {
    let names = vec![1, 2];
    pipeline "P" { where(host == names); stdout }
}

fn main() {
    router();
}
