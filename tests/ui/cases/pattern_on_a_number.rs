// Mistake: a pattern on a number
// Wanted: `=~` looks into a text, and this is none
use fastts_core::router;

router! {
    let five = 5;
    pipeline "P" { where(five =~ "^5"); stdout }
}

fn main() {
    router();
}
