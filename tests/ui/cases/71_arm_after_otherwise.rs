// Mistake: an arm behind `_`
// Wanted: this arm can never match, because `_` came before it
use fastts_core::router;

router! {
    pipeline "P" { split { _ => stdout, metric > 5 => tag("high") } stdout }
}

fn main() {
    router();
}
