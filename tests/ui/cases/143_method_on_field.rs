// Mistake: methods of texts and numbers on fields, which may be missing
// Wanted: `service` may be missing
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { where(service.starts_with("api")); stdout }
    pipeline "Q" { where(state.to_lowercase() == "ok" || metric.abs() > 5); stdout }
}

fn main() {
    router();
}
