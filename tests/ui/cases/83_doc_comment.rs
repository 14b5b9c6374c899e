// Mistake: a doc comment on a stage
// Wanted: doc comments are for pipelines, not for stages
use fastts_core::router;

router! {
    pipeline "P" {
        /// Only the high ones,
        /// and no others.
        over(5);
        stdout
    }
}

fn main() {
    router();
}
