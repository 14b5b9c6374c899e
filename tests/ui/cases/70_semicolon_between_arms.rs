// Mistake: `;` between the arms of a `split`
// Wanted: the arms of `split` are separated by `,`, found `;`
use fastts_core::router;

router! {
    pipeline "P" { split { metric > 5 => stdout; _ => tag("low") } stdout }
}

fn main() {
    router();
}
