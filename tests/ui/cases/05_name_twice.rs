// Mistake: two pipelines of one name
// Wanted: a pipeline named "P" is already defined in this router, on line
use fastts_core::router;

router! {
    pipeline "P" { under(12); stdout }
    pipeline "P" { over(12); stdout }
}

fn main() {
    router();
}
