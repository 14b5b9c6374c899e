//! The router that is asked about. The snapshots hold its lines.

use fastts_server::prelude::*;
use fastts_server::stages;

#[derive(Clone, Item)]
pub(crate) struct Order {
    total: f64,
}

/// Passes on what is cheap, tagged as such.
pub(crate) fn cheap<F: Flow<Item = Event>>(flow: F, limit: f64) -> impl Flow<In = F::In, Item = Event> {
    stages::tag(stages::under(flow, limit), "cheap")
}

pub(crate) fn same<F: Flow<Item = Event>>(flow: F) -> F {
    flow
}

router! {
    pub fn shop;

    /// What the shop must look at.
    pipeline "slow requests" {
        where(service =~ "^api" && metric > 2);
        with(state = "slow");
        where(state != "slow" || tagged("prod"));
        stdout
    }

    pipeline "per host" {
        where(service == "api");
        by(host) {
            changed(state);
            rate(5);
            stdout
        }
        stdout
    }

    pipeline "severity" {
        split {
            metric > 10 => { tag("high"); with(state = "critical") },
            metric > 2 || attribute("force") == "yes" => with(state = "warning"),
        }
        tee {
            { where(host == "web1"); stdout }
            { stable(5s, state); stdout }
        }
        stdout
    }

    pipeline "words" {
        flat_map(|event| event.tags().map(|tag| event.to_owned().with_service(tag)).collect::<Vec<_>>());
        where(service != "x");
        cheap(3.0);
        stdout
    }

    pipeline "unclear" {
        cheap(3.0);
        same;
        map(|event| event.metric().as_f64().unwrap_or(0.0));
        filter(|metric| metric > 1.0);
        stdout
    }

    pipeline "falls" {
        inspect(|event| assert!(event.metric() != 7, "seven is too much"));
        stdout
    }

    pipeline "orders": Order {
        where(total > 100);
        inspect(|_| ())
    }
}

/// A stage function whose constructor panics.
fn broken<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    assert!(std::env::var_os("FASTTS_TEST_ROUTER").is_none(), "no colours left");
    stages::tag(flow, "unreachable")
}

router! {
    pub fn half_broken;

    pipeline "broken" { under(5); broken; stdout }
    pipeline "fine" { under(5); stdout }
}
