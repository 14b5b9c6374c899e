// Mistake: two conditions in parentheses of their own
// Wanted: `where` is not written like this
// Messages: 2
use fastts_core::router;

router! {
    pipeline "P" { where (service =~ "x") and (metric > 5); stdout }
    pipeline "Q" { where(service =~ "x") && (metric > 5); stdout }
}

fn main() {
    router();
}
