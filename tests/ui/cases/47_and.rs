// Mistake: `and` for `&&`
// Wanted: conditions have no operator `and`
use fastts_core::router;

router! {
    pipeline "P" { where(metric > 5 and service == "x"); stdout }
}

fn main() {
    router();
}
