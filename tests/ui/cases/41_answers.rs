// Mistake: a pipeline that answers
// Wanted: a pipeline that answers (`-> Type`) is not available yet
use fastts_core::router;

router! {
    pipeline "P": u32 -> u32 { map(|n| n + 1); inspect(|_| ()) }
}

fn main() {
    router();
}
