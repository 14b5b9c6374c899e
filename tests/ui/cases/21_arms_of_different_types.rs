// Mistake: the arms of a `split` emit different types
// Wanted: type mismatch
// Falls short: 5 messages; the arms' types are asked for again by every stage behind
use fastts_core::router;

router! {
    pipeline "P" { split { metric > 5 => under(12), _ => map(|e| e.tags().count()) } stdout }
}

fn main() {
    router();
}
