// Mistake: a `let` among the stages
// Wanted: a pipeline holds stages only
use fastts_core::router;

router! {
    pipeline "P" { let limit = 12; under(limit); stdout }
}

fn main() {
    router();
}
