// Mistake: the bytes of a mailbox as a text
// Wanted: `bytes` takes a whole number above 0, found `"64 MB"`
use fastts_core::router;

router! {
    #[mailbox(10, bytes = "64 MB")]
    pipeline "P" { stdout }
}

fn main() {
    router();
}
