// Mistake: tags and attributes compared
// Wanted: `tags` is a list
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { where(tags == "prod" && attributes != "x"); stdout }
    pipeline "Q" { where(metric > 5 && tags.contains("prod")); stdout }
}

fn main() {
    router();
}
