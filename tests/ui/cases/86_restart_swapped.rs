// Mistake: the arguments of `restart` the wrong way round
// Wanted: `restart` is not written like this
use fastts_core::router;

router! {
    #[restart(5s, 3)]
    pipeline "P" { stdout }
}

fn main() {
    router();
}
