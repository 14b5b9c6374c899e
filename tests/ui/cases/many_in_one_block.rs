// Mistake: many mistakes in one block
// Wanted: `under` takes 1 argument
// Messages: 6
use fastts_core::router;

router! {
    pipeline "P" {
        under;
        by(host) { over("x"); scale(1, 2) }
        where(metric = 5 && service =~ "(");
        with(sate = 3);
        stdout
    }
}

fn main() {
    router();
}
