// Mistake: a policy above a fragment
// Wanted: policies are those of pipelines
use fastts_core::router;

router! {
    #[mailbox(100)]
    stages critical(limit: f64) { where(metric > limit) }
    pipeline "P" { critical(0.9); stdout }
}

fn main() {
    router();
}
