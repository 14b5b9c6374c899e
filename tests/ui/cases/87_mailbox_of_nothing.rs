// Mistake: a mailbox that holds nothing
// Wanted: a mailbox holds a whole number of events above 0, found `0`
use fastts_core::router;

router! {
    #[mailbox(0)]
    pipeline "P" { stdout }
}

fn main() {
    router();
}
