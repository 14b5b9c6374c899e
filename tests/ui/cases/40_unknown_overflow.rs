// Mistake: an overflow policy that there is not
// Wanted: unknown overflow policy `sometimes`
use fastts_core::router;

router! {
    #[mailbox(10, overflow = sometimes)]
    pipeline "P" { stdout }
}

fn main() {
    router();
}
