//! Routers that are legal and once were not.

use fastts_core::prelude::*;

router! {
    let limit = String::from("a");
    pipeline "blocks under a closure's key" {
        by(host) { map(|_| Event::new()); stdout }
        by_value(|event| event.tags().count()) { where(host != &limit); rate(1.5s) }
        split { metric > 1 => tag("a"), metric > 2 => tag("b") }
        changed_by(|event| event.metric().as_f64());
        runs_by(2, |event| event.state().map(str::len));
        stable_by(5s, |event| event.state().is_some());
        stdout
    }
}

#[test]
fn a_chain_behind_a_closures_key_can_be_built() {
    assert_eq!(router().pipelines()[0].check().len(), 7);
}

macro_rules! from_a_macro {
    ($pattern:literal) => {
        router! { pub fn searching; pipeline "found" { where(service =~ $pattern); where(host =~ "^web"); stdout } }
    };
}
from_a_macro!("^api");

#[test]
fn a_macro_can_write_patterns() {
    assert_eq!(searching().pipelines()[0].check().len(), 3);
}
