// Mistake: the bounds the wrong way round
// Wanted: the first number of `within` is above the second
use fastts_core::router;

router! {
    pipeline "P" { within(5, 1); stdout }
}

fn main() {
    router();
}
