// Mistake: SQL's `is`
// Wanted: conditions have no operator `is`
use fastts_core::router;

router! {
    pipeline "P" { where(host is null); stdout }
}

fn main() {
    router();
}
