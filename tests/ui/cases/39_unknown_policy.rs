// Mistake: a misspelled policy
// Wanted: unknown policy `mailbxo`
use fastts_core::router;

router! {
    #[mailbxo(10)]
    pipeline "P" { stdout }
}

fn main() {
    router();
}
