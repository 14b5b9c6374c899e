// Mistake: a key and a block as Elixir writes them
// Wanted: arguments go into parentheses
// Messages: 2
use fastts_core::router;

router! {
    pipeline "P" { by :host do rate(5); end stdout }
}

fn main() {
    router();
}
