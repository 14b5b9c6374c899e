//! The routers that this program is when it runs itself.

use fastts_server::prelude::*;
use fastts_server::{Description, Intake, Overflow, Source, SourceError, Stop};

router! {
    pub fn plain;

    /// Drops what is too high.
    /// Prints the rest.
    #[mailbox(10, overflow = drop_oldest)]
    pipeline "low" {
        where(metric < 12 || state == "ok");
        stdout
    }
}

router! {
    pub fn grouped;

    /// Serves pictures.
    #[rest_for_one(3, within = 10s)]
    group "imgout" {
        pipeline "cache" { stdout }
        #[one_for_all]
        group "workers" { pipeline "resize" { stdout } }
    }
    pipeline "alone" { stdout }
}

router! {
    pub fn indexed;

    pipeline "all" { index; stdout }
}

router! {
    pub fn logged;

    pipeline "log" { log(warn, "{host} is {state}", rate = 2, per = 1h); log(debug, "not to be seen") }
}

router! {
    pub fn asking;

    let limit: f64 = env("TEST_LIMIT");
    let token = secret("TEST_TOKEN");
    pipeline "asks" { where(metric > limit); inspect(|_| eprintln!("{token} {token:?} {}", token.expose().len())); stdout }
}

router! {
    pub fn rated;

    pipeline "rate" {
        rate(5);
        map(|event| event.metric().as_f64().unwrap_or(0.0));
        stdout
    }
}

router! {
    pub fn two_rates;

    pipeline "slow" {
        rate(5);
        map(|event| format!("slow {}", event.time().unwrap_or_default().since(Time::from_secs(1000)).as_secs()));
        stdout
    }
    pipeline "fast" {
        rate(3);
        map(|event| format!("fast {}", event.time().unwrap_or_default().since(Time::from_secs(1000)).as_secs()));
        stdout
    }
}

router! {
    pub fn shaped;

    pipeline "shapes" {
        split {
            metric > 10 => { tag("high"); with(state = "bad") },
            _ => tag("low"),
        }
        tee { { by(host) { changed(state) } stdout } { stdout } }
        map(|event| event.metric().as_f64().unwrap_or(0.0));
        stdout
    }
}

/// A stage function whose constructor panics.
fn broken<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    if std::env::var_os("FASTTS_TEST_ROUTER").is_some() {
        panic!("no colours left");
    }
    fastts_server::stages::tag(flow, "unreachable")
}

router! {
    pub fn constructor;

    pipeline "fine" { stdout }
    pipeline "broken" { broken; stdout }
}

fn limit() -> f64 {
    panic!("no limit known")
}

router! {
    pub fn lets;

    let limit = limit();
    pipeline "limited" { under(limit); stdout }
}

router! {
    pub fn panicking;

    pipeline "panics on 3" {
        inspect(|event| assert!(event.metric() != 3, "three is too much"));
        stdout
    }
}

router! {
    pub fn headed;

    pipeline "headed" { where(service == "api" || tagged("x")); stdout }
}

/// Stays in a stage until the end of the program when the metric is 3.
fn stay(event: EventView<'_>) {
    if event.metric() == 3 {
        println!("stuck");
        loop {
            std::thread::park();
        }
    }
}

router! {
    pub fn stuck;

    pipeline "stuck" {
        inspect(stay);
        stdout
    }
}

router! {
    pub fn forwarding;

    pipeline "forwards" {
        by(host) { forward("127.0.0.1:1", queue = 100, overflow = Overflow::DropNewest) }
        where(state == "critical");
        forward("127.0.0.1:1")
    }
}

router! {
    pub fn guarded;

    pipeline "guarded" { forward("127.0.0.1:1", breaker = Breaker::melts(0).reset(1h)) }
}

router! {
    pub fn ticked;

    pipeline "ticks" { where(service == "tick"); stdout }
}

/// Brings an event a millisecond.
pub(super) struct Ticker;

impl Source for Ticker {
    type Item = Event;

    fn describe(&self) -> Description {
        Description::new("test").at("every millisecond")
    }

    async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
        let mut ticks = tokio::time::interval(Duration::from_millis(1));
        loop {
            tokio::select! {
                _ = ticks.tick() => out.send(vec![event! { service: "tick", time: 1 }]).await?,
                () = stop.requested() => return Ok(()),
            }
        }
    }
}

/// Brings what no pipeline takes.
pub(super) struct Texts;

impl Source for Texts {
    type Item = String;

    fn describe(&self) -> Description {
        Description::new("texts")
    }

    async fn run(&mut self, _: Intake<String>, _: Stop) -> Result<(), SourceError> {
        Ok(())
    }
}
