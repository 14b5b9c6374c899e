// Mistake: a fragment inside of a pipeline
// Wanted: a fragment stands beside the pipelines
use fastts_core::router;

router! {
    pipeline "P" {
        stages critical(limit: f64) { where(metric > limit) }
        critical(0.9);
        stdout
    }
}

fn main() {
    router();
}
