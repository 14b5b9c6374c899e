//! `env`, `env_or` and `secret` in routers. Warnings are errors here.
#![deny(warnings)]

use std::net::SocketAddr;
use std::time::Duration;

use fastts_core::testing::Driver;
use fastts_core::{Event, Flow, Secret, event, router};

/// A sink that is told a secret.
fn sends<F: Flow<Item = Event>>(flow: F, address: impl Into<String>, token: Secret) -> F {
    assert_eq!(address.into(), "nowhere");
    assert_eq!(format!("{token:?}"), "***");
    flow
}

router! {
    // cargo sets these
    let name = env("CARGO_PKG_NAME");
    let major: u64 = env("CARGO_PKG_VERSION_MAJOR");
    let token: Secret = secret("CARGO_PKG_NAME");
    let limit = env_or("FASTTS_TEST_LIMIT", 0.5);
    let gap = env_or("FASTTS_TEST_GAP", 5s);
    let words: Vec<String> = env("CARGO_PKG_NAME").split('-').map(str::to_owned).collect();
    let minor = env::<u64>("CARGO_PKG_VERSION_MINOR") + 1;
    let (low, high): (f64, f64) = (env_or("FASTTS_TEST_LOW", 1.0), 2.0);
    let at: SocketAddr = env_or("FASTTS_TEST_AT", SocketAddr::from(([127, 0, 0, 1], 5555)));

    stages told(address: String) { sends(address, token); throttle(major + 1000, gap) }

    pipeline "P" {
        where(metric > limit && service == name);
        filter(|event| words.iter().any(|word| event.state() == Some(word)) && minor > 0 && low < high && at.port() == 5555);
        told(env_or("FASTTS_TEST_ADDRESS", "nowhere"));
        sends(env_or("FASTTS_TEST_ADDRESS", "nowhere"), token);
        by(host) { under(env::<f64>("CARGO_PKG_VERSION_MAJOR") + 1000.0) }
        log(debug, "{name} {limit} {gap}");
        tap("out")
    }
}

#[test]
fn a_router_takes_settings_from_its_surroundings() {
    assert!(router().problems().is_empty());
    let mut driver = Driver::new(router());
    driver.inject(event! { time: 0, service: "fastts-ui-tests", state: "ui", metric: 0.7 });
    driver.inject(event! { time: 0, service: "fastts-ui-tests", state: "ui", metric: 0.3 });
    assert_eq!(driver.tapped::<Event>("out").len(), 1);
    assert_eq!(driver.lines("log"), ["debug fastts-ui-tests 0.5 5s"]);
}

mod missing {
    use std::time::Duration;

    fn explode(limit: f64, gap: Duration) -> u64 {
        panic!("a `let` is not evaluated when something is missing: {limit} {gap:?}")
    }

    fastts_core::router! {
        pub fn missing;
        let limit: f64 = env("FASTTS_TEST_MISSING");
        let wrong: u8 = env("CARGO_PKG_NAME");
        let gap: Duration = env("CARGO_PKG_NAME");
        let never = explode(limit, gap);
        let token = secret("FASTTS_TEST_TOKEN");
        pipeline "P" { under(env::<f64>("FASTTS_TEST_LIMIT")); filter(|_| token.expose() != "x" && wrong > 3 && never > 3); stdout }
        #[cfg(test)]
        pipeline "may well not be there" { under(env::<f64>("FASTTS_TEST_OTHER")); stdout }
    }
}

#[test]
fn all_that_is_missing_is_told_at_once() {
    let router = missing::missing();
    let wanted = [
        "the variable `FASTTS_TEST_MISSING` is not set (tests/ui/tests/legal_settings.rs:61)",
        "the variable `CARGO_PKG_NAME` is \"fastts-ui-tests\", but has to be a whole number from 0 to 255 (tests/ui/tests/legal_settings.rs:62)",
        "the variable `CARGO_PKG_NAME` is \"fastts-ui-tests\", but has to be a duration such as `5s` or `250ms` (tests/ui/tests/legal_settings.rs:63)",
        "the secret `FASTTS_TEST_TOKEN` is not set; set `FASTTS_TEST_TOKEN`, or `FASTTS_TEST_TOKEN_FILE` to the path of a file with it \
         (tests/ui/tests/legal_settings.rs:65)",
        "the variable `FASTTS_TEST_LIMIT` is not set (tests/ui/tests/legal_settings.rs:66)",
    ];
    assert_eq!(router.problems(), wanted);
    assert!(router.pipelines().is_empty());
}

mod own {
    fn env(text: &str) -> String {
        text.to_uppercase()
    }

    fastts_core::router! {
        pub fn own;
        use super::own::env as secret;
        fn env_or(text: &str, _: u8) -> String { text.to_owned() }
        let name = secret("a");
        let other = env_or("b", 1);
        let third = self::env("c");
        pipeline "P" { where(host != name && host != other && host != third); stdout }
    }
}

#[test]
fn what_a_router_names_itself_is_meant() {
    assert!(own::own().problems().is_empty());
    assert!(Duration::from_secs(1) > Duration::ZERO);
}
