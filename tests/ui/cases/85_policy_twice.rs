// Mistake: a policy that is given twice
// Wanted: this pipeline has a `run` policy already
use fastts_core::router;

router! {
    #[run(task)]
    #[run(inline)]
    pipeline "P" { stdout }
}

fn main() {
    router();
}
