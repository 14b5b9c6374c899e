// Mistake: events fed to a fold by its function
// Wanted: this stage works on windows of events, but `Event` arrives here
use fastts_core::router;

router! {
    pipeline "P" { over(5); combine(fastts_core::folds::mean); stdout }
}

fn main() {
    router();
}
