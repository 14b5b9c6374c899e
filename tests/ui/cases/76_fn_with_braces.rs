// Mistake: `fn` with a body for a closure
// Wanted: functions are not written with `fn` here
use fastts_core::router;

router! {
    pipeline "P" { filter(fn(e) { e.metric() > 5 }); stdout }
}

fn main() {
    router();
}
