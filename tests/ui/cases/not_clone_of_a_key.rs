// Mistake: closures that make keys and own what cannot be cloned
// Wanted: the trait bound `Names: Clone` is not satisfied
// Messages: 3
use fastts_core::router;

struct Names;

impl Names {
    fn of(&self, host: Option<&str>) -> Option<String> {
        host.map(str::to_owned)
    }
}

router! {
    pipeline "P" { changed_by({ let names = Names; move |e| names.of(e.host()) }); under(5); stdout }
    pipeline "Q" { by_value({ let names = Names; move |e| names.of(e.host()) }) { runs(2, state) } stdout }
    pipeline "R" { top_by(3, { let names = Names; move |e| names.of(e.host()) }); stdout }
}

fn main() {
    router();
}
