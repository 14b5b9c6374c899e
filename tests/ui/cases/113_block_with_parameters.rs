// Mistake: a block written as in Ruby
// Wanted: a block has no parameters
use fastts_core::router;

router! {
    pipeline "P" { by(host) |event| { rate(5); stdout } }
}

fn main() {
    router();
}
