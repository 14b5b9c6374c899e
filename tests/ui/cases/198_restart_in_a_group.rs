// Mistake: a pipeline of a group with restarts of its own
// Wanted: are counted by the group
use fastts_core::router;

router! {
    group "imgout" { #[restart(3)] pipeline "read" { stdout } }
}

fn main() {
    router();
}
