// Mistake: a block without its braces
// Wanted: `by` needs a block of stages
use fastts_core::router;

router! {
    pipeline "P" { by(host) rate(5s); stdout }
}

fn main() {
    router();
}
