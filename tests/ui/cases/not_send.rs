// Mistake: a closure that holds an `Rc`
// Wanted: `Rc<i32>` cannot be sent between threads safely
use fastts_core::router;

router! {
    pipeline "P" { filter({ let shared = std::rc::Rc::new(5); move |e| e.metric() > *shared }); stdout }
}

fn main() {
    router();
}
