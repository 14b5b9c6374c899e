// Mistake: a bound on calls of a pipeline that nobody can call
// Wanted: `calls` is about pipelines that reply, and nobody can call this one
use fastts_core::prelude::*;

router! {
    #[calls(100)]
    pipeline "P": u32 { inspect(|_| ()) }
}

fn main() {
    router();
}
