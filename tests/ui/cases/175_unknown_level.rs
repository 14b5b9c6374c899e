// Mistake: a level of the log in quotes
// Wanted: a level is one of
use fastts_core::router;

router! {
    pipeline "P" { log("warn", "{host} is {state}") }
}

fn main() {
    router();
}
