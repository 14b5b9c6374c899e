// Mistake: a field that events do not have
// Wanted: `with` knows no field `sate` of events
use fastts_core::router;

router! {
    pipeline "P" { with(sate = "ok"); stdout }
}

fn main() {
    router();
}
