// Mistake: a text where a number is wanted, a number where a text is, a field alone
// Wanted: `metric` is a number, found the text `"90"`
// Messages: 5
use fastts_core::router;

router! {
    pipeline "P" { where(metric > "90"); stdout }
    pipeline "Q" { where(2 == state); stdout }
    pipeline "R" { where(attribute("cores") > 4); stdout }
    pipeline "S" { with(ttl = "60"); stdout }
    pipeline "T" { where(host); stdout }
}

fn main() {
    router();
}
