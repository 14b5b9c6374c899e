// Mistake: a durable mailbox
// Wanted: `#[durable]` is not available yet
use fastts_core::router;

router! {
    #[durable]
    pipeline "P" { stdout }
}

fn main() {
    router();
}
