// Mistake: a key without parentheses before a block
// Wanted: arguments go into parentheses
use fastts_core::router;

router! {
    pipeline "P" { by host, service { rate(5); stdout } }
}

fn main() {
    router();
}
