// Mistake: an argument written as a phrase
// Wanted: expected `,` or an operator, found `per`
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { throttle(5 per 1s); stdout }
    pipeline "Q" { rate(5 seconds); stdout }
    pipeline "R" { map(|e| e.metric() + ); stdout }
}

fn main() {
    router();
}
