// Mistake: the arms of a `split` emit different types
// Wanted: type mismatch
use fastts_core::router;

router! {
    pipeline "P" { split { metric > 5 => under(12), _ => map(|e| e.tags().count()) } stdout }
}

fn main() {
    router();
}
