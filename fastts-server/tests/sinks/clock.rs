//! By which clock sinks go: what has no time, or one far ahead, is of the time of day, also when somebody sets that.

use std::fs;
use std::time::Duration;

use fastts_core::Time;
use fastts_core::runtime::{ManualClock, Options};
use fastts_server::event;
use fastts_server::prelude::*;
use fastts_server::testing::compliance::Peer;
use libtest_mimic::Trial;

use crate::kit::{Route, folder, nobody, set_target, target, trial, until};
use crate::lines::{Kind, Reader};

router! {
    pub fn metrics;
    let carbon = target();
    pipeline "metrics" { graphite(carbon) }
}

router! {
    pub fn days;
    let path = folder("days").join("%Y-%m-%d").display().to_string();
    pipeline "days" { file(path, line = "{service}") }
}

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial("sinks_go_by_the_time_of_day", None, time_of_day)]
}

/// Two seconds before the end of a day, and the next noon.
const EVENING: Time = Time::from_secs(86_398);
const NOON: Time = Time::from_secs(86_400 + 43_200);

fn time_of_day() {
    let clock = ManualClock::new(EVENING);
    set_target(nobody());
    let mut reader = Reader::new(Kind::Tcp);
    reader.start();
    let routes = [metrics as fn() -> Router, days].map(|router| Route::with(router, Options::new().clock(clock.clock())));
    let send = |service: &str| {
        let far = EVENING + Duration::from_secs(1_000 * 86_400);
        routes
            .iter()
            .for_each(|route| route.send([event! { service: service, metric: 1 }, event! { time: far, service: service, metric: 2 }]));
    };
    send("evening");
    clock.set(NOON);
    send("noon");
    until("all metrics arrive", || reader.arrived().len() == 4);
    assert_eq!(reader.arrived(), ["evening 1 86398", "evening 2 86398", "noon 1 129600", "noon 2 129600"]);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("sinks/days");
    let lines = |day: &str| fs::read_to_string(folder.join(day)).unwrap_or_default();
    until("each line is in the file of its day", || lines("1970-01-02") == "noon\nnoon\n");
    assert_eq!(lines("1970-01-01"), "evening\nevening\n");
}
