// Mistake: two strategies
// Wanted: so it cannot have `one_for_all` too
use fastts_core::router;

router! {
    #[rest_for_one]
    #[one_for_all]
    group "imgout" { pipeline "read" { stdout } }
}

fn main() {
    router();
}
