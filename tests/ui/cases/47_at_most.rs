// Mistake: Erlang's `=<`
// Wanted: conditions have no operator `=<`
use fastts_core::router;

router! {
    pipeline "P" { where(metric =< 5); stdout }
}

fn main() {
    router();
}
