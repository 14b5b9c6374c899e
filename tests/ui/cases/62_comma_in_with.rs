// Mistake: a field and its value as Riemann's `with` takes them
// Wanted: `with` sets fields with `=`, not `,`
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { with(:state, "x"); stdout }
    pipeline "Q" { default("ttl", 300); stdout }
    pipeline "R" { fill_in_last(5s, state, "x"); stdout }
}

fn main() {
    router();
}
