// Mistake: a text compared with a number
// Wanted: these two cannot be compared
use fastts_core::router;

router! {
    pipeline "P" { where(service > 5); stdout }
}

fn main() {
    router();
}
