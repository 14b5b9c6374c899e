// Mistake: a text for a metric
// Wanted: a metric must be a number, found `&str`
use fastts_core::router;

router! {
    pipeline "P" { with(metric = "5"); stdout }
}

fn main() {
    router();
}
