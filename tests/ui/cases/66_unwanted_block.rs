// Mistake: a block behind a stage that takes none
// Wanted: `under` takes no block
use fastts_core::router;

router! {
    pipeline "P" { under(12) { stdout } stdout }
}

fn main() {
    router();
}
