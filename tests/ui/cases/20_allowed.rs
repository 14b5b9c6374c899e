// Mistake: a pipeline without effect beside one that is allowed to have none
// Wanted: pipeline "P" ends in a transform
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { where(metric > 5); scale(2) }
    #[allow(no_effect)]
    pipeline "allowed" { where(metric > 5); scale(2) }
    pipeline "an effect" { where(metric > 5); inspect(|event| println!("{event:?}")) }
}

fn main() {
    router();
}
