// Mistake: a `let` that cannot be shared between threads
// Wanted: `Rc<i32>` cannot be
use fastts_core::router;

router! {
    let shared = std::rc::Rc::new(5);
    pipeline "P" { filter(|e| e.metric() > *shared); stdout }
}

fn main() {
    router();
}
