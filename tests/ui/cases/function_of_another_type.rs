// Mistake: a function that returns no `bool` as a condition
// Wanted: expected `tags` to return `bool`, but it returns `usize`
use fastts_core::{EventView, router};

fn tags(event: EventView<'_>) -> usize {
    event.tags().count()
}

router! {
    pipeline "P" { filter(tags); under(5); stdout }
}

fn main() {
    router();
}
