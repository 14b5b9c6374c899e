// Mistake: an arm whose events another arm takes
// Wanted: no event gets to this arm: `metric > 7` contradicts
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { split { metric > 5 => tag("high"), metric > 7 => tag("very high"), _ => tag("low") } stdout }
    pipeline "the other way" { split { metric > 7 => tag("very high"), metric > 5 => tag("high"), _ => tag("low") } stdout }
}

fn main() {
    router();
}
