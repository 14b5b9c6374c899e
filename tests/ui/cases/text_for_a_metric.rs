// Mistake: a text for a metric
// Wanted: a metric must be a number, found `&str`
use fastts_core::router;

router! {
    let five = "5";
    pipeline "P" { with(metric = five); stdout }
}

fn main() {
    router();
}
