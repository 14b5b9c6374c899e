// Mistake: a text compared with a number
// Wanted: these two cannot be compared
use fastts_core::router;

router! {
    let limit = 5;
    pipeline "P" { where(service > limit); stdout }
}

fn main() {
    router();
}
