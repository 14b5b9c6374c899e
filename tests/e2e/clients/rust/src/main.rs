//! Does what it reads from its input with a client from crates.io, whose name is its argument, and prints what came of it as a line of JSON.

mod blocking;
mod tasks;

use serde_json::Value;

/// What is to be done.
struct Order(Value);

impl Order {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    fn port(&self) -> u16 {
        self.0["port"].as_u64().unwrap().try_into().unwrap()
    }
}

fn main() {
    let order = Order(serde_json::from_reader(std::io::stdin()).unwrap());
    let answer = match std::env::args().nth(1).as_deref() {
        Some("riemann_client") => blocking::answer(&order),
        Some("rustmann") => tasks::answer(&order),
        other => panic!("no client {other:?}"),
    };
    println!("{answer}");
}
