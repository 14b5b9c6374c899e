// Mistake: a group that is called like a pipeline
// Wanted: a pipeline named "imgout" is already defined in this router, on line 6
use fastts_core::router;

router! {
    pipeline "imgout" { stdout }
    group "imgout" { pipeline "read" { stdout } }
}

fn main() {
    router();
}
