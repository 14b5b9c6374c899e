// Mistake: a limit, but not for how long
// Wanted: `above_for` takes 2 arguments
use fastts_core::router;

router! {
    pipeline "P" { above_for(90); stdout }
}

fn main() {
    router();
}
