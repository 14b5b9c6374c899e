// Mistake: a field that events do not have
// Wanted: `fill_in_last` knows no field `stat` of events
use fastts_core::router;

router! {
    pipeline "P" { fill_in_last(5s, stat = "filled"); stdout }
}

fn main() {
    router();
}
