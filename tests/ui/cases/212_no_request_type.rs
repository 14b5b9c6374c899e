// Mistake: a pipeline that replies and does not say to what
// Wanted: a pipeline that replies says what it is asked, too
use fastts_core::prelude::*;

router! {
    pipeline "P" -> Option<f64> { map(|event| event.metric().as_f64()) }
}

fn main() {
    router();
}
