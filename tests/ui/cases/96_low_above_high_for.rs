// Mistake: the bounds the wrong way round, with an interval behind
// Wanted: the first number of `between_for` is above the second
use fastts_core::router;

router! {
    pipeline "P" { between_for(5, 1, 5m); stdout }
}

fn main() {
    router();
}
