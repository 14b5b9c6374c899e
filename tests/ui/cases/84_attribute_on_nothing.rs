// Mistake: an attribute that nothing follows
// Wanted: no pipeline follows this attribute
use fastts_core::router;

router! {
    pipeline "P" { stdout }
    #[mailbox(10)]
}

fn main() {
    router();
}
