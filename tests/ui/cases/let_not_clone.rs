// Mistake: `let`s that cannot be shared, mentioned by two pipelines
// Wanted: `Limits` cannot be shared by pipelines
// Messages: 2
use fastts_core::router;
use std::cell::RefCell;

struct Limits(f64);

router! {
    let limits = Limits(5.0);
    let seen = RefCell::new(0);
    pipeline "P" { filter(|e| e.metric() > limits.0); inspect(|_| *seen.borrow_mut() += 1) }
    pipeline "Q" { under(limits.0); by(host) { inspect(|_| *seen.borrow_mut() += 1) } }
}

fn main() {
    router();
}
