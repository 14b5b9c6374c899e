// Mistake: `tagged` without a tag
// Wanted: `tagged` is not written like this
use fastts_core::router;

router! {
    pipeline "P" { where(tagged()); stdout }
}

fn main() {
    router();
}
