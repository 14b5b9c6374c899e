// Mistake: a `let` that cannot be shared between threads
// Wanted: `Rc<i32>` cannot be
// Falls short: 2 messages; the closure is to be sent, the factory to be shared
use fastts_core::router;

router! {
    let shared = std::rc::Rc::new(5);
    pipeline "P" { filter(|e| e.metric() > *shared); stdout }
}

fn main() {
    router();
}
