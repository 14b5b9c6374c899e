// Mistake: a topic with a line break in it
// Wanted: the name of a topic may hold up to 128 printable characters, this one has '\n' in it
use fastts_core::router;

router! {
    pipeline "P" { publish("a\nb") }
}

fn main() {
    router();
}
