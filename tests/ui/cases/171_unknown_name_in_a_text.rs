// Mistake: a misspelled field in a text
// Wanted: there is no field `hsot`
use fastts_core::router;

router! {
    pipeline "P" { with(description = text("{state}: {hsot}")); stdout }
}

fn main() {
    router();
}
