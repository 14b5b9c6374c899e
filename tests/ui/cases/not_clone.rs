// Mistake: a closure that owns what cannot be cloned
// Wanted: the trait bound `File: Clone` is not satisfied
// Messages: 2
use std::fs::File;
use std::io::Write;

use fastts_core::router;

router! {
    pipeline "P" {
        under(12);
        inspect({
            let mut file = log();
            move |e| writeln!(file, "{e}").unwrap_or_default()
        });
        stdout
    }
    pipeline "Q" { by(host) { filter({ let mut file = log(); move |e| writeln!(file, "{e}").is_ok() }); stdout } stdout }
}

fn log() -> File {
    File::create("log").unwrap_or_else(|error| panic!("{error}"))
}

fn main() {
    router();
}
