// Mistake: a field in the place of the text of `log`
// Wanted: `log` takes a text in quotes here
use fastts_core::router;

router! {
    pipeline "P" { log(info, host) }
}

fn main() {
    router();
}
