// Mistake: Elixir's captured function
// Wanted: closures are not written with `&(...)` here
use fastts_core::router;

router! {
    pipeline "P" { filter(&(&1.metric() > 5)); stdout }
}

fn main() {
    router();
}
