//! Legal routers that use several things together: `let`s in every place that takes a value, arguments that come from a
//! `macro_rules!`, routers in functions and modules. They give no message at all.
#![deny(warnings)]

use std::time::Duration;

use fastts_core::{Event, Router, router};

router! {
    let name = "api";
    let host_name = String::from("a");
    let limit = 3;
    let gap = 5s;
    let (low, high) = (0.5, 0.99);
    let filled = Event::new().with_state("filled");

    #[allow(mixed_keys)]
    pipeline "lets" {
        where(service == name && host == host_name && metric > limit);
        fill_in(gap, filled);
        fill_in_last(gap, state = "x", description = host_name);
        by(host) { deadman(gap); debounce(gap); with(description = name) };
        split {
            metric > limit => { tag(name) },
            _ => { adjust(host, |host| host.map(|host| format!("{host}{host_name}"))) },
        };
        tee { { percentiles(gap, [0, low, high, 1]); stdout } { between_for(low, high, gap); stdout } };
        project(service == name, host == host_name && metric > limit);
        combine(|window| window.iter().find(|event| event.host() == Some(&host_name)).map(|event| event.to_owned()));
        fold_interval(gap, state, |window| format!("{} {host_name}", window.len()));
        fold_interval_metric(gap, |metrics| metrics.len() as i64 + limit);
        fixed_time_window(gap, lateness = gap, late = |event| println!("{host_name} {event}"), limit = 10);
        extremum(|a, b| a > b && a > limit);
        stdout
    }

    pipeline "last commas" {
        over(5,);
        by(host,) { rate(5,); };
        tee { { stdout; } { tag("x",); stdout; } };
        split { metric > 5 => tag("y"), _ => tag("z"), };
        project(metric > 5, metric < 3,);
        sum;
        stdout;
    }
}

/// What stands for conditions, numbers, durations, points and fields comes from the caller.
macro_rules! watch {
    ($name:ident, $condition:expr, $limit:expr, $interval:expr, [$($point:literal),*], $field:ident) => {
        router! {
            pub(crate) fn $name;
            pipeline "watch" {
                filter($condition);
                above_for($limit, $interval);
                percentiles($interval, [$($point),*]);
                changed($field);
                top(3, $field);
                fold_interval($interval, $field, |window| window.len() as f64);
                stdout
            }
        }
    };
}
watch!(first, |event| event.metric() > 3, 5, 5, [0, 0.5, 1], metric);
watch!(second, |event| event.host() == Some("x"), 5.0, Duration::from_secs(3), [0.5], ttl);

mod inner {
    fastts_core::router! { pub(super) fn one; pipeline "one" { stdout } }
    fastts_core::router! { pub(super) fn two; pipeline "one" { tap("two") } }
}

#[test]
fn they_compile_without_a_word_and_build() {
    router! { fn local; pipeline "in a function" { stdout } }
    let routers: [Router; 6] = [router(), first(), second(), inner::one(), inner::two(), local()];
    for pipeline in routers.iter().flat_map(Router::pipelines) {
        assert!(!pipeline.check().is_empty(), "{}", pipeline.name());
    }
}
