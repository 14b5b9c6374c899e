// Mistake: events fed to a fold
// Wanted: this stage works on windows of events, but `Event` arrives here
use fastts_core::router;

router! {
    pipeline "P" { over(5); maximum; stdout }
}

fn main() {
    router();
}
