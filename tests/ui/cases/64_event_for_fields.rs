// Mistake: an event where fields are set
// Wanted: expected a field, found `Event::new()`
use fastts_core::router;

router! {
    pipeline "P" { fill_in_last(5s, Event::new()); stdout }
}

fn main() {
    router();
}
