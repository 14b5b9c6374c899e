// Mistake: the arms of a `split` emit different types
// Wanted: the arms of this `split` emit different types: `Event` and `usize`
use fastts_core::router;

router! {
    pipeline "P" { split { metric > 5 => under(12), _ => map(|e| e.tags().count()) } stdout }
}

fn main() {
    router();
}
