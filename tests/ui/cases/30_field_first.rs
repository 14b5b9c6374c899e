// Mistake: a field before the interval
// Wanted: the fields of `stable` come last, found `state` here
use fastts_core::router;

router! {
    pipeline "P" { stable(state, 5s); stdout }
}

fn main() {
    router();
}
