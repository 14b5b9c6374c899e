// Mistake: one argument of two
// Wanted: `throttle` takes 2 arguments
use fastts_core::router;

router! {
    pipeline "P" { throttle(3); stdout }
}

fn main() {
    router();
}
