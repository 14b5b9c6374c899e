// Mistake: the arguments the wrong way round, a duration where a number stands
// Wanted: `above_for` takes a number here, found the duration `5m`
use fastts_core::router;

router! {
    pipeline "P" { above_for(5m, 0.9); stdout }
}

fn main() {
    router();
}
