// Mistake: an argument with a name and `:`
// Wanted: the arguments of `under` have no names
use fastts_core::router;

router! {
    pipeline "P" { under(limit: 5); stdout }
}

fn main() {
    router();
}
