// Mistake: a fold without its module
// Wanted: cannot find value `mean`
use fastts_core::router;

router! {
    pipeline "P" { fixed_event_window(3); combine(mean); stdout }
}

fn main() {
    router();
}
