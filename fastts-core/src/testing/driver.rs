//! The test driver: a router, a clock that the test moves, and what came out.

use std::fmt::Debug;

use super::diff;
use crate::chain::services::Services;
use crate::engine::call::{CallError, CallOptions};
use crate::engine::replay::{Replay, ReplayPanic};
use crate::engine::router::Router;
use crate::index::Index;
use crate::meters::Meters;
use crate::model::arguments::Interval;
use crate::model::event::{Event, IntoTime};
use crate::model::item::Item;
use crate::model::time::Time;
use crate::sink::Sinks;
use crate::stages::tap::recorder::Recorder;

/// Runs a router under a clock that the test moves, and records what comes to its taps and sinks.
///
/// Nothing waits and nothing is written: an hour passes as fast as the chains run, [`tap("name")`](crate::stages::tap) stages
/// record what passes them, and sinks, also those of your own, keep what they are given instead of bringing it
/// anywhere. The order is that of the live router: timers that are due fire before the event of the same instant. A test may have several
/// drivers; each has its own clock and records its own.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! {
///     pipeline "slow" { where(service == "api" && metric > 100); tap("slow"); stdout }
///     pipeline "rate" { rate(5s); tap("rate") }
/// }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { time: 1, service: "api", metric: 20 });
/// driver.inject(event! { time: 2, service: "api", metric: 130 });
/// driver.advance(4);
/// driver.assert_tapped("slow", [(2, event! { time: 2, service: "api", metric: 130 })]);
/// driver.assert_tapped("rate", [(6, event! { time: 6, service: "api", metric: 30.0 })]);
/// driver.assert_printed([r#"{"time":"1970-01-01T00:00:02Z","service":"api","metric":130}"#]);
/// ```
#[derive(Debug)]
pub struct Driver {
    replay: Replay,
    recorder: Recorder,
    sinks: Sinks,
    survives: bool,
    /// How many panics were told.
    told: usize,
}

impl Driver {
    /// Builds every pipeline at [`Time::EPOCH`], so that a test counts from zero.
    ///
    /// # Panics
    /// When a constructor of a stage does, or two taps have one name.
    #[track_caller]
    pub fn new(router: Router) -> Driver {
        Driver::starting_at(router, Time::EPOCH)
    }

    /// Builds every pipeline at `start`.
    ///
    /// # Panics
    /// When a constructor of a stage does, or two taps have one name.
    #[track_caller]
    pub fn starting_at(router: Router, start: Time) -> Driver {
        Driver::within(Services::new(), router, start)
    }

    /// Builds every pipeline at `start`, in these services: with an index that has options of its own.
    ///
    /// # Panics
    /// When a constructor of a stage does, or two taps have one name.
    #[track_caller]
    pub fn within(services: Services, router: Router, start: Time) -> Driver {
        let mut recorder = Recorder::driven();
        let sinks = Sinks::recording();
        let services = services.sinks(sinks.clone());
        match recorder.during(|| Replay::within(services, &router, start)) {
            Ok(replay) => Driver { replay, recorder, sinks, survives: false, told: 0 },
            Err(error) => panic!("{error}"),
        }
    }

    /// Lets stages panic, as the live router does: the event that did it is left out and the chain built anew. Without it
    /// the test panics.
    pub fn survive_panics(self) -> Driver {
        Driver { survives: true, ..self }
    }

    /// Returns the time.
    pub fn now(&self) -> Time {
        self.replay.now()
    }

    /// Returns the index that the pipelines share, to see what the stage [`index`](crate::stages::index) has put there.
    ///
    /// ```
    /// use fastts_core::prelude::*;
    /// use fastts_core::{event, testing::Driver};
    ///
    /// router! { pipeline "last known" { tag("seen"); index } }
    ///
    /// let mut driver = Driver::new(router());
    /// driver.inject(event! { time: 1, host: "web1", service: "cpu", metric: 0.5 });
    /// let last = driver.index().get(Some("web1"), Some("cpu"));
    /// assert_eq!(last, Some(event! { time: 1, host: "web1", service: "cpu", metric: 0.5, tags: "seen" }));
    /// ```
    pub fn index(&self) -> &Index {
        self.replay.index()
    }

    /// Returns the meters and counters of the stages [`meter`](crate::stages::meter) and [`count_as`](crate::stages::count_as).
    pub fn meters(&self) -> &Meters {
        self.replay.meters()
    }

    /// Gives an event to every pipeline that takes events.
    ///
    /// The clock goes on to the event's time, unless that is earlier; an event without a time gets the clock's, as from a server.
    #[track_caller]
    pub fn inject(&mut self, event: Event) -> &mut Driver {
        self.inject_all([event])
    }

    /// Does so with several events, one after the other.
    #[track_caller]
    pub fn inject_all(&mut self, events: impl IntoIterator<Item = Event>) -> &mut Driver {
        for event in events {
            self.take(|replay, event| replay.event(event.view()), event);
        }
        self
    }

    /// Gives an event to one pipeline only.
    ///
    /// # Panics
    /// When there is no pipeline of that name that takes events.
    #[track_caller]
    pub fn inject_into(&mut self, pipeline: &str, event: Event) -> &mut Driver {
        self.take(|replay, event| assert!(replay.item_into(pipeline, event), "no pipeline {pipeline:?} takes events"), event)
    }

    /// Gives an item of any type, now, to every pipeline that takes it.
    ///
    /// # Panics
    /// When no pipeline does.
    #[track_caller]
    pub fn send<I: Item>(&mut self, item: I) -> &mut Driver {
        self.run(|replay| assert!(replay.item(item), "no pipeline takes {}", std::any::type_name::<I>()))
    }

    /// Gives a request to a pipeline that replies, now, and returns the reply. When it does not come at once the time passes until it
    /// does, for as long as the call would wait.
    ///
    /// ```
    /// use fastts_core::prelude::*;
    /// use fastts_core::{runtime::CallError, testing::Driver};
    ///
    /// router! { pipeline "halve": u32 -> u32 { filter(|n| n % 2 == 0); map(|n| n / 2) } }
    ///
    /// let mut driver = Driver::new(router());
    /// assert_eq!(driver.call::<u32, u32>("halve", 42), Ok(21));
    /// assert_eq!(driver.call::<u32, u32>("halve", 7), Err(CallError::Filtered));
    /// ```
    ///
    /// # Errors
    /// Those of [`Running::call`](crate::Running::call).
    #[track_caller]
    pub fn call<T: Item, R: Item>(&mut self, pipeline: &str, request: T) -> Result<R, CallError> {
        self.call_with(pipeline, request, CallOptions::new())
    }

    /// Gives a request to a pipeline that replies, and waits as long as the options say; otherwise as [`Driver::call`].
    ///
    /// # Errors
    /// Those of [`Running::call`](crate::Running::call).
    #[track_caller]
    pub fn call_with<T: Item, R: Item>(&mut self, pipeline: &str, request: T, options: CallOptions) -> Result<R, CallError> {
        let mut result = None;
        self.run(|replay| result = Some(replay.call(pipeline, request, options)));
        // It runs what it is given, or panics.
        result.unwrap_or(Err(CallError::Filtered))
    }

    /// Publishes an item on a topic, now, as `publish` in a pipeline does.
    ///
    /// # Panics
    /// When no pipeline that takes it subscribes.
    #[track_caller]
    pub fn publish<I: Item>(&mut self, topic: &str, item: I) -> &mut Driver {
        let taken = |taken: bool| assert!(taken, "no pipeline that takes {} subscribes to {topic:?}", std::any::type_name::<I>());
        self.run(|replay| taken(replay.publish(topic, item)))
    }

    /// Lets time pass: a duration, or a number of seconds.
    ///
    /// # Panics
    /// When that is not longer than zero.
    #[track_caller]
    pub fn advance(&mut self, by: impl Interval) -> &mut Driver {
        let until = self.now() + by.interval();
        self.advance_to(until)
    }

    /// Lets the time pass until `until` (seconds since the epoch, or a [`Time`]), firing every timer on the way at its own instant;
    /// an earlier time does nothing.
    #[track_caller]
    pub fn advance_to(&mut self, until: impl IntoTime) -> &mut Driver {
        self.run(|replay| replay.advance(until.into_time().unwrap_or(Time::EPOCH)))
    }

    /// Flushes what the stages hold, as a drain does.
    #[track_caller]
    pub fn finish(&mut self) -> &mut Driver {
        self.run(Replay::finish)
    }

    /// Takes what [`tap(name)`](crate::stages::tap) saw since the last call, and when.
    ///
    /// # Panics
    /// When there is no such tap, or it sees items of another type.
    #[track_caller]
    pub fn tapped<T: Item>(&mut self, name: &str) -> Vec<(Time, T)> {
        self.recorder.take(name)
    }

    /// Takes the lines that were printed since the last call.
    pub fn printed(&mut self) -> Vec<String> {
        self.lines("stdout")
    }

    /// Takes the lines that a sink of that name was given since the last call.
    pub fn lines(&mut self, sink: &str) -> Vec<String> {
        self.sinks.take(sink)
    }

    /// Returns the panics so far, of a driver that survives them.
    pub fn panics(&self) -> &[ReplayPanic] {
        self.replay.panics()
    }

    /// Checks what a tap saw since the last call, and when (seconds since the epoch, or a [`Time`]).
    ///
    /// # Panics
    /// When it saw anything else; the message shows the difference line by line.
    #[track_caller]
    pub fn assert_tapped<T: Item + Debug + PartialEq>(&mut self, name: &str, expected: impl IntoIterator<Item = (impl IntoTime, T)>) {
        let got = self.tapped::<T>(name);
        let expected: Vec<(Time, T)> = expected.into_iter().map(|(time, item)| (time.into_time().unwrap_or(Time::EPOCH), item)).collect();
        if got != expected {
            let lines =
                |rows: &[(Time, T)]| rows.iter().map(|(time, item)| format!("{}s {item:?}", time.as_secs_f64())).collect::<Vec<_>>();
            panic!("tap({name:?}) saw something else than expected:\n{}", diff::lines(&lines(&expected), &lines(&got)));
        }
    }

    /// Checks what was printed since the last call.
    ///
    /// # Panics
    /// When it was anything else; the message shows the difference line by line.
    #[track_caller]
    pub fn assert_printed<L: Into<String>>(&mut self, expected: impl IntoIterator<Item = L>) {
        let expected: Vec<String> = expected.into_iter().map(Into::into).collect();
        let got = self.printed();
        assert!(got == expected, "something else was printed than expected:\n{}", diff::lines(&expected, &got));
    }

    /// Moves the clock to the event and gives it to `to`.
    #[track_caller]
    fn take(&mut self, to: impl FnOnce(&mut Replay, Event), mut event: Event) -> &mut Driver {
        self.run(|replay| {
            match event.time() {
                Some(time) => replay.advance(time),
                None => drop(event.set_time(replay.now())),
            }
            to(replay, event);
        })
    }

    #[track_caller]
    fn run(&mut self, run: impl FnOnce(&mut Replay)) -> &mut Driver {
        let Driver { replay, recorder, .. } = self;
        recorder.during(|| run(replay));
        if !self.survives
            && let Some(ReplayPanic { pipeline, panic, .. }) = self.replay.panics().get(self.told)
        {
            self.told += 1;
            panic!("pipeline {pipeline:?} panicked: {panic}");
        }
        self
    }
}
