// Mistake: Elixir's `fn … -> … end`
// Wanted: functions are not written with `fn` here
use fastts_core::router;

router! {
    pipeline "P" { filter(fn e -> e.metric end); stdout }
}

fn main() {
    router();
}
