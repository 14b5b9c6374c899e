// Mistake: fields in a list
// Wanted: several fields are written without brackets
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { by([host, service]) { rate(5) } stdout }
    pipeline "Q" { by([:host :service]) { rate(5) } stdout }
    pipeline "R" { changed((host, state)); stdout }
}

fn main() {
    router();
}
