//! The rest of the language, with nothing wrong.
//! says: nothing

use fastts_server::prelude::*;

$0router! {
    let limit = 12.0;
    let rooms = vec!["a", "b"];

    pipeline "forms" {
        where(metric > limit && service =~ "^api" || tagged("x") && !expired);
        with(state = "bad", metric = metric * 2, attribute("k") = host, description = None);
        default(ttl = 5m);
        adjust(service, |service| service.map(str::to_owned));
        tee { { stdout } { scale(2); stdout } }
        split { metric > 5 => tag("high"), metric > 1 => { tag("low"); rate(5) } _ => cheap(limit) }
        mine::alert;
        stdout
    }

    #[mailbox(100_000, overflow = drop_oldest)]
    #[restart(3, within = 1m30s)]
    #[run(task)]
    pipeline "keys" {
        changed(state, init = "ok");
        stable(5s, state, host);
        by(host, service, idle = 10m, limit = 1000) { changed_state; tag("new") }
        by_value(|event| event.tags().count()) { stdout }
        filter(|event| event.host().is_some_and(|host| rooms.iter().any(|room| host.starts_with(room))));
        stdout
    }

    pipeline "types" {
        sreduce(|sum, event| sum + event.metric().as_f64().unwrap_or(0.0), 0.0);
        filter(|sum| sum.abs() > limit);
        map(|sum| Reading { warmth: sum, place: "here".to_owned() });
        where(warmth > 30 && mine::is_near(place));
        inspect(|reading| println!("{} {limit}", reading.place()))
    }

    pipeline "mine": Reading { where(warmth > 5); map(|reading| reading.warmth()); stdout }
}

/// What a sensor has read.
#[derive(Clone, Debug, Item)]
pub struct Reading {
    warmth: f64,
    place: String,
}

/// Passes on what costs less than `limit`.
fn cheap<F: Flow<Item = Event>>(flow: F, limit: f64) -> impl Flow<In = F::In, Item = Event> {
    fastts_server::stages::under(flow, limit)
}

mod mine {
    use fastts_server::prelude::*;

    /// Marks what somebody has to look at.
    pub fn alert<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        fastts_server::stages::tag(flow, "alert")
    }

    /// Tells whether a place is near.
    pub fn is_near(place: &str) -> bool {
        place.starts_with('a')
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
