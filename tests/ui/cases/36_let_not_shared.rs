// Mistake: a `let` that cannot be shared between threads
// Wanted: `Rc<{integer}>` cannot be shared by pipelines
use fastts_core::router;

router! {
    let shared = std::rc::Rc::new(5);
    pipeline "P" { filter(|e| e.metric() > *shared); stdout }
}

fn main() {
    router();
}
