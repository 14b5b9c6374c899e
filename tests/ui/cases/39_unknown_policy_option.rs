// Mistake: a misspelled option of a policy
// Wanted: unknown option `overflw` of `mailbox`
use fastts_core::router;

router! {
    #[mailbox(10, overflw = block)]
    pipeline "P" { stdout }
}

fn main() {
    router();
}
