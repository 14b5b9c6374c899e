// Mistake: an arm with nothing to do
// Wanted: expected a stage or a block after `=>`
use fastts_core::router;

router! {
    pipeline "P" { split { metric > 5 => , _ => tag("low") } stdout }
}

fn main() {
    router();
}
