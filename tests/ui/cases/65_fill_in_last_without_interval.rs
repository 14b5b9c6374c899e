// Mistake: the fields that fill a gap, without the length of the gap
// Wanted: `fill_in_last` is not written like this
use fastts_core::router;

router! {
    pipeline "P" { fill_in_last(state = "filled"); stdout }
}

fn main() {
    router();
}
