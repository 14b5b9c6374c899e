// Mistake: a text for a number
// Wanted: a threshold must be a number, found `&str`
use fastts_core::router;

router! {
    pipeline "P" { under("12"); stdout }
}

fn main() {
    router();
}
