// Mistake: JavaScript's arrow function
// Wanted: closures are not written with `=>` here
use fastts_core::router;

router! {
    pipeline "P" { filter(e => e.metric() > 5); stdout }
}

fn main() {
    router();
}
