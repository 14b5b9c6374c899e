// Mistake: a misspelled field of `adjust`
// Wanted: `adjust` knows no field `servise` of events
use fastts_core::router;

router! {
    pipeline "P" { adjust(servise, |s| s.map(String::from)); stdout }
}

fn main() {
    router();
}
