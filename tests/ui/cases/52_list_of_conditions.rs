// Mistake: conditions in brackets
// Wanted: a list is no condition
use fastts_core::router;

router! {
    pipeline "P" { join([service == "a", service == "b"]); sum; stdout }
}

fn main() {
    router();
}
