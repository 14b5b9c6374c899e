// Mistake: a stage directly in a group
// Wanted: stage `under` stands in a group, but in no pipeline
use fastts_core::router;

router! {
    group "imgout" { under(12); }
}

fn main() {
    router();
}
