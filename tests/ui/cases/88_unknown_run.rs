// Mistake: a way to run that there is not
// Wanted: unknown way to run a pipeline: `fast`
use fastts_core::router;

router! {
    #[run(fast)]
    pipeline "P" { stdout }
}

fn main() {
    router();
}
