// Mistake: a strategy that there is not
// Wanted: did you mean `one_for_all`?
use fastts_core::router;

router! {
    #[one_for_al]
    group "imgout" { pipeline "read" { stdout } }
}

fn main() {
    router();
}
