// Mistake: sinks of fastts-server in a router of fastts-core
// Wanted: `file` is a sink of fastts-server
// Messages: 3
use fastts_core::router;

router! {
    let tcp = String::from("logs:9000");
    pipeline "P" { file("/var/log/{host}.log", line = "{service} is {state}", queue = 5); under(12); stdout }
    pipeline "Q" { tcp(tcp, queue = 5); by(host) { forward("riemann:5555") } }
}

fn main() {
    router();
}
