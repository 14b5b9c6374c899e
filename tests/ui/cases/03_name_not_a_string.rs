// Mistake: a name without quotes
// Wanted: a pipeline name is a string
use fastts_core::router;

router! {
    pipeline basic { under(12); stdout }
}

fn main() {
    router();
}
