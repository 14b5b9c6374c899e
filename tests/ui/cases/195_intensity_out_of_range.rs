// Mistake: a time of zero in which restarts are counted
// Wanted: `within` takes a duration above zero, found `0s`
use fastts_core::router;

router! {
    #[one_for_all(3, within = 0s)]
    group "imgout" { pipeline "read" { stdout } }
}

fn main() {
    router();
}
