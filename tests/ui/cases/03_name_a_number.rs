// Mistake: a number as name
// Wanted: a pipeline name is a string
use fastts_core::router;

router! {
    pipeline 7 { under(12); stdout }
}

fn main() {
    router();
}
