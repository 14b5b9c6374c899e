// Mistake: a field that is no condition
// Wanted: a condition must be true or false, found `Option<&str>`
use fastts_core::router;

router! {
    pipeline "P" { where(service); stdout }
}

fn main() {
    router();
}
