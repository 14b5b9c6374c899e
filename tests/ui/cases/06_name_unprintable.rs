// Mistake: a line break in a name
// Wanted: a pipeline name may hold up to 128 printable characters, this one has '\n' in it
use fastts_core::router;

router! {
    pipeline "a\nb" { under(12); stdout }
}

fn main() {
    router();
}
