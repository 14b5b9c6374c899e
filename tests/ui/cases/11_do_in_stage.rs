// Mistake: Elixir's `do … end` for the block of a stage
// Wanted: stages use braces here, not `do ... end`
use fastts_core::router;

router! {
    pipeline "P" { by(host) do rate(5) end; stdout }
}

fn main() {
    router();
}
