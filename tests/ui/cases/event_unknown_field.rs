// Mistake: a field that events do not have in `event!`
// Wanted: no field `mertic` on type
use fastts_core::event;

fn main() {
    let _ = event! { host: "a", mertic: 3 };
}
