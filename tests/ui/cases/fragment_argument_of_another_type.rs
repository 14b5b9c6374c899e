// Mistake: an argument of another type than the parameter of a fragment
// Wanted: expected `f64`, found `&str`
use fastts_core::router;

router! {
    stages critical(limit: f64) { where(metric > limit) }
    pipeline "P" { critical("high"); by(host) { critical(0.9) } stdout }
}

fn main() {
    router();
}
