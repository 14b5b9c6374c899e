// Mistake: a closure that holds an `Rc`
// Wanted: `Rc<i32>` cannot be shared between threads safely
use fastts_core::router;

router! {
    let shared = std::rc::Rc::new(5);
    pipeline "P" { filter(|e| e.metric() > *shared); stdout }
}

fn main() {
    router();
}
