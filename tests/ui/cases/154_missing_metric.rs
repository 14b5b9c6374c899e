// Mistake: a ladder of limits whose last arm gives a state also to what has no metric
// Wanted: an event without a metric comes here as well
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { split { metric > 0.9 => with(state = "critical"), metric > 0.5 => tag("warning"), _ => with(state = "ok") } stdout }
    #[allow(missing_metric)]
    pipeline "allowed" { split { metric > 0.9 => with(state = "critical"), _ => with(state = "ok") } stdout }
    pipeline "asked" { split { metric > 0.9 => with(state = "critical"), metric == None => tag("none"), _ => with(state = "ok") } stdout }
    pipeline "asked before" { where(metric != None); split { metric > 0.9 => with(state = "critical"), _ => with(state = "ok") } stdout }
    pipeline "over" { over(0); split { metric > 0.9 => with(state = "critical"), _ => with(state = "ok") } stdout }
    pipeline "no state" { split { metric > 0.9 => with(state = "critical"), _ => tag("ok") } stdout }
    pipeline "of others" { split { metric > 0.9 => with(state = "critical"), host == "a" => stdout, _ => with(state = "ok") } stdout }
}

fn main() {
    router();
}
