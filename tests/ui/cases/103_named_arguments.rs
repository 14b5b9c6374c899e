// Mistake: arguments with names
// Wanted: the arguments of `throttle` have no names
use fastts_core::router;

router! {
    pipeline "P" { throttle(count = 3, interval = 5s); stdout }
}

fn main() {
    router();
}
