// Mistake: arms of a `split` that emit three types
// Wanted: the arms of this `split` emit different types: `Event` and `Window`
// Messages: 2
use fastts_core::router;

router! {
    pipeline "P" {
        split { metric > 5 => under(12), metric > 3 => { tag("x"); map(|e| e.tags().count()) } _ => moving_event_window(3) }
        by(host) { rate(5) }
        stdout
    }
}

fn main() {
    router();
}
