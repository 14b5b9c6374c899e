// Mistake: a unit behind the number of events
// Wanted: a mailbox holds a whole number of events above 0
use fastts_core::router;

router! {
    #[mailbox(1k)]
    pipeline "P" { stdout }
}

fn main() {
    router();
}
