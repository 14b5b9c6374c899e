// Mistake: a group of nothing
// Wanted: group "imgout" holds nothing
use fastts_core::router;

router! {
    group "imgout" { }
    pipeline "read" { stdout }
}

fn main() {
    router();
}
