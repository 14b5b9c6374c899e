// Mistake: a text for a duration
// Wanted: an interval must be a duration such as `5s` or a number of seconds, found `&str`
use fastts_core::router;

router! {
    pipeline "P" { rate("5s"); stdout }
}

fn main() {
    router();
}
