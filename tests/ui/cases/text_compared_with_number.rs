// Mistake: a text compared with a number
// Wanted: type mismatch
use fastts_core::router;

router! {
    pipeline "P" { where(service > 5); stdout }
}

fn main() {
    router();
}
