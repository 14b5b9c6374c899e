// Mistake: names with `?` and functions of other languages in conditions
// Wanted: `expired?` is not how names are written here
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { where(!expired? && metric > 5); stdout }
    pipeline "Q" { where(nil?(host) || starts_with(service, "api")); stdout }
}

fn main() {
    router();
}
