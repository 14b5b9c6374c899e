// Mistake: a strategy above a pipeline
// Wanted: put it above a group
use fastts_core::router;

router! {
    #[one_for_all]
    pipeline "read" { stdout }
}

fn main() {
    router();
}
