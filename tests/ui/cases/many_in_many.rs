// Mistake: a mistake of another kind in each of six pipelines
// Wanted: a function with a similar name exists
// Messages: 6
use fastts_core::router;

router! {
    let limit = 5.0;
    pipeline "typo" { undr(limit); by(host) { rate(5); stdout } }
    pipeline "type" { where(text("{service}") == 5); changed(state); stdout }
    pipeline "borrowed" { map(|e| e.host()); inspect(|host| println!("{host:?}")) }
    pipeline "arms" { split { metric > limit => tag("x"), _ => map(|e| e.tags().count()) } stdout }
    pipeline "accessor" { filter(|e| e.hst() == Some("x")); under(limit); stdout }
    pipeline "window" { moving_event_window(3); over(limit); tag("x"); stdout }
}

fn main() {
    router();
}
