//! `clock_skew`: whose clock is wrong.

use std::collections::HashMap;
use std::time::Duration;

use super::beat::NEVER;
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::event::Event;
use crate::model::item::{IsEvent, Item};
use crate::model::key::Key;
use crate::model::metric::Metric;
use crate::model::time::Time;

/// Replaces the metric by how many seconds the event's host is ahead of the others: negative when it is behind.
///
/// Takes and emits events, one for one, whatever their metrics. It remembers how far the last event of each host was ahead of
/// the clock when it came, and compares each event with the median of all hosts, its own included. An event without a time, or
/// an expired one, passes unchanged; its host is left as it was, or forgotten. So is a host when the ttl of its last event has
/// run out, or after an hour without one, and there are at most 65,536: later ones are compared and not remembered. Holds two
/// numbers and a key per host, in the order of their clocks: an event costs more where there are thousands of hosts. Emits
/// nothing by time or at a drain; a restart forgets all hosts.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { clock_skew; fastts_core::testing::tap } }
/// let event = |host, seconds: i64| Event::new().with_host(host).with_time(seconds);
/// let out: Vec<Event> = testing::outputs(example(), [event("a", 100), event("b", 100), event("c", 97)]);
/// assert_eq!(out, [event("a", 100).with_metric(0), event("b", 100).with_metric(0), event("c", 97).with_metric(-3)]);
/// ```
///
/// # Differs from Riemann
/// An event without a time does not throw.
pub fn clock_skew<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, ClockSkew>> {
    flow.into_pipe().then(ClockSkew { hosts: HashMap::new(), skews: Vec::new(), until: NEVER, host: Key::default() })
}

const HOUR: Duration = Duration::from_secs(3600);
const MOST_HOSTS: usize = 1 << 16;

/// The stage of [`clock_skew`].
#[derive(Clone, Debug)]
pub struct ClockSkew {
    hosts: HashMap<Box<[u8]>, Host>,
    /// Those of all hosts, in order.
    skews: Vec<i64>,
    /// No host is to be forgotten before.
    until: Time,
    /// The key of the event's host; a buffer.
    host: Key,
}

#[derive(Clone, Copy, Debug)]
struct Host {
    /// How many microseconds its last event was ahead of the clock.
    skew: i64,
    /// When it is forgotten.
    until: Time,
}

impl ClockSkew {
    /// Remembers the skew of the host in the buffer.
    fn remember(&mut self, new: Host) {
        if let Some(host) = self.hosts.get_mut(self.host.as_bytes()) {
            remove(&mut self.skews, std::mem::replace(host, new).skew);
        } else if self.hosts.len() < MOST_HOSTS {
            self.hosts.insert(self.host.as_bytes().into(), new);
        } else {
            return;
        }
        let at = self.skews.partition_point(|&skew| skew <= new.skew);
        self.skews.insert(at, new.skew);
        self.until = self.until.min(new.until);
    }

    fn forget(&mut self) {
        if let Some(host) = self.hosts.remove(self.host.as_bytes()) {
            remove(&mut self.skews, host.skew);
        }
    }

    /// Forgets the hosts whose time is over.
    #[cold]
    fn sweep(&mut self, now: Time) {
        self.hosts.retain(|_, host| now <= host.until);
        self.until = self.hosts.values().map(|host| host.until).min().unwrap_or(NEVER);
        self.skews.clear();
        self.skews.extend(self.hosts.values().map(|host| host.skew));
        self.skews.sort_unstable();
    }
}

/// Removes one of the skews, which is there.
fn remove(skews: &mut Vec<i64>, skew: i64) {
    if let Ok(at) = skews.binary_search(&skew) {
        skews.remove(at);
    }
}

impl<I: Item> Stage<I> for ClockSkew {
    type Out = Event;

    fn held(&self) -> usize {
        self.hosts.keys().map(|host| host.len() + 2 * size_of::<(Box<[u8]>, Host)>()).sum::<usize>()
    }

    const WIRING: Wiring<I, ClockSkew> = Wiring::alone().passes_all();

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        self.host.clear();
        self.host.part(event.host());
        if cx.wall() > self.until {
            self.sweep(cx.wall());
        }
        if event.is_expired(cx.wall()) {
            self.forget();
            return out.emit(event, cx);
        }
        let Some(time) = event.time() else { return out.emit(event, cx) };
        let skew = time.micros_after(cx.wall());
        let until = event.runs_out().unwrap_or(NEVER).min(cx.wall() + HOUR);
        self.remember(Host { skew, until });
        let median = self.skews.get(self.skews.len() / 2).copied().unwrap_or(skew);
        event.measuring(Metric::seconds(skew.saturating_sub(median)), |event| out.emit(event, cx));
    }
}
