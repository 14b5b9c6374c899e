// Mistake: words of Riemann, of Elixir and of logstash where stages stand; a function of one's own is none
// Wanted: `smapcat` is Riemann's word, and no stage here
// Messages: 6
use fastts_core::{Event, Flow, router, stages};

fn slack<F: Flow<Item = Event>>(flow: F, channel: &str) -> impl Flow<In = F::In, Item = Event> {
    stages::tag(flow, channel)
}

router! {
    pipeline "P" { smapcat(|e| e.parts().len()); under(12); stdout }
    pipeline "Q" { by(host) { mailgun("ops@example.org", 5) } }
    pipeline "R" { sdo { prn; index } slack("#ops"); stdout }
    pipeline "S" { split { metric > 5 => grok("x"), _ => slack("#ops") } stdout }
    pipeline "T" { IO.puts("x") }
}

fn main() {
    router();
}
