// Mistake: `=` for `==` in two conditions of `project`
// Wanted: conditions have no operator `=`
// Messages: 2
use fastts_core::router;

router! {
    pipeline "P" { project(service = "a", service = "b"); sum; stdout }
}

fn main() {
    router();
}
