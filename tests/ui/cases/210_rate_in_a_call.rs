// Mistake: a stage that emits by time in a pipeline that is called
// Wanted: `rate` does not emit at once, and a pipeline that is called replies to each request at once
use fastts_core::prelude::*;

router! {
    pipeline "P": Event -> Event { where(service == "api"); rate(5s) }
}

fn main() {
    router();
}
