// Mistake: a function with the name of a stage that is built in by now
// Wanted: `log` is built in by now; in this router it is yours
#![deny(deprecated)]
use fastts_core::router;

mod mine {
    use fastts_core::{Event, Flow};

    pub fn log<F: Flow<Item = Event>>(flow: F, _: &str) -> F {
        flow
    }
}

router! {
    use crate::mine::log;
    pipeline "P" { log("x"); stdout }
}

fn main() {
    router();
}
