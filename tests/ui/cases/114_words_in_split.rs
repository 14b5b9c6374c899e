// Mistake: words of other languages in a `split`
// Wanted: an arm begins with its condition, not with `when`
// Messages: 2
use fastts_core::router;

router! {
    pipeline "P" { split { when metric > 5 => stdout, else => tag("low") } stdout }
}

fn main() {
    router();
}
