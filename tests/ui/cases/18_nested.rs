// Mistake: a pipeline in a pipeline
// Wanted: a pipeline cannot hold another
use fastts_core::router;

router! {
    pipeline "P" { under(12); pipeline "Q" { stdout } stdout }
}

fn main() {
    router();
}
