// Mistake: `=` for `==`
// Wanted: conditions have no operator `=`
use fastts_core::router;

router! {
    pipeline "P" { where(service = "x"); stdout }
}

fn main() {
    router();
}
