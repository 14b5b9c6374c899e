// Mistake: a `split` on a value, and a `match`
// Wanted: `split` compares no value with its arms
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { split { "ok" => stdout, "critical" | "down" => tag("bad"), _ => index } }
    pipeline "Q" { split metric { 0..5 => stdout, _ => index } }
    pipeline "R" { match state { "ok" => stdout, _ => index } }
}

fn main() {
    router();
}
