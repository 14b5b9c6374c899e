// Mistake: keys that are freed at once
// Wanted: an interval must be longer than zero, found `0`
use fastts_core::router;

router! {
    pipeline "P" { by(host, idle = 0) { rate(5) } stdout }
}

fn main() {
    router();
}
