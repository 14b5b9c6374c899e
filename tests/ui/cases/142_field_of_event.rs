// Mistake: fields with the event, a dot or a list before them
// Wanted: a field stands alone
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { where(event.metric > 5); stdout }
    pipeline "Q" { where(.state == "ok"); by(attributes["env"]) { stdout } }
}

fn main() {
    router();
}
