//! Chains that are composed at run time: the engine's stages and its way to fuse two of them, behind pointers.

use fastts_core::__private::{change, eq, gt, is_missing, ne};
use fastts_core::{Context, Emit, Event, EventView, Flow, Key, Metric, Pipe, Stage, Start, Then, Time, stages};

use crate::model::Number;
use crate::steps::{Bounds, Condition, Field, Init, Set, Step};

/// A stage from events to events, whatever it is.
pub(crate) struct Erased(Box<dyn Step_>);

impl Erased {
    fn new(stage: impl Stage<Event, Out = Event>) -> Erased {
        Erased(Box::new(stage))
    }
}

impl Clone for Erased {
    fn clone(&self) -> Erased {
        self.0.copy()
    }
}

/// Builds the chain of some steps.
pub(crate) fn chain(steps: &[Step]) -> Erased {
    steps.iter().fold(Erased::new(Start), |chain, step| Erased::new(Then::new(chain, stage(step.clone()))))
}

fn stage(step: Step) -> Erased {
    let flow = Pipe::<Event, Start>::start();
    match step {
        Step::Under(limit) => erase(stages::under(flow, metric(limit))),
        Step::Over(limit) => erase(stages::over(flow, metric(limit))),
        Step::Within(low, high) => erase(stages::within(flow, metric(low), metric(high))),
        Step::Scale(factor) => erase(stages::scale(flow, metric(factor))),
        Step::Tag(tags) => erase(stages::tag(flow, tags)),
        Step::Untag(tags) => erase(stages::untag(flow, tags)),
        Step::TaggedAll(tags) => erase(stages::tagged_all(flow, tags)),
        Step::TaggedAny(tags) => erase(stages::tagged_any(flow, tags)),
        Step::Where(condition) => erase(stages::where_(flow, move |event: EventView<'_>, now| holds(&condition, event, now))),
        Step::With(set) => erase(stages::with(flow, move |_: EventView<'_>| [change(&set)])),
        Step::Default(set) => erase(stages::default(flow, move |_: EventView<'_>| [change(&set)])),
        Step::Changed(field, None) => erase(stages::changed(flow, key(field))),
        Step::Changed(field, Some(Init(state))) => erase(stages::changed(flow, key(field)).configure(|stage| stage.init(state))),
        Step::Runs(n, field) => erase(stages::runs(flow, n, key(field))),
        Step::Throttle(n, interval) => erase(stages::throttle(flow, n, seconds(interval))),
        Step::Stable(interval, field) => erase(stages::stable(flow, seconds(interval), key(field))),
        Step::Rate(interval) => erase(stages::rate(flow, seconds(interval))),
        Step::Sreduce => erase(stages::sreduce(flow, |sum: Event, event: EventView<'_>| {
            let metric = sum.metric().plus(event.metric());
            sum.with_metric(metric)
        })),
        Step::EwmaTimeless(share) => erase(stages::ewma_timeless(flow, share)),
        Step::Ewma(half_life) => erase(stages::ewma(flow, seconds(half_life))),
        Step::Counter(start) => erase(stages::counter_from(flow, metric(start))),
        Step::Ddt => erase(stages::ddt(flow)),
        Step::DdtEvery(interval) => erase(stages::ddt_every(flow, seconds(interval))),
        Step::FillIn(interval) => {
            let fill = Event::new().with_service("filled").with_metric(0).with_ttl(5);
            erase(stages::fill_in(flow, seconds(interval), fill))
        }
        Step::FillInLast(interval) => erase(stages::fill_in_last(flow, seconds(interval), |_: EventView<'_>| [change::state("filled")])),
        Step::InterpolateConstant(interval) => erase(stages::interpolate_constant(flow, seconds(interval))),
        Step::Lasting(Bounds::Above(limit), interval) => erase(stages::above_for(flow, metric(limit), seconds(interval))),
        Step::Lasting(Bounds::Below(limit), interval) => erase(stages::below_for(flow, metric(limit), seconds(interval))),
        Step::Lasting(Bounds::Between(low, high), interval) => {
            erase(stages::between_for(flow, metric(low), metric(high), seconds(interval)))
        }
        Step::Debounce(interval) => erase(stages::debounce(flow, seconds(interval))),
        Step::Deadman(interval) => erase(stages::deadman(flow, seconds(interval))),
        Step::Expire => erase(stages::expire(flow)),
        Step::ClockSkew => erase(stages::clock_skew(flow)),
        Step::By(field, block) => erase(stages::by(flow, key(field), |flow| flow.then(chain(&block)))),
        Step::Split(condition, yes, no) => erase(stages::split(flow, |arms| {
            arms.arm(move |event: EventView<'_>, now| holds(&condition, event, now), |flow| flow.then(chain(&yes)))
                .arm(|_: EventView<'_>, _| true, |flow| flow.then(chain(&no)))
        })),
    }
}

fn erase<F: Flow<In = Event, Item = Event>>(flow: F) -> Erased {
    Erased::new(flow.into_pipe().into_stage())
}

fn metric(number: Number) -> Metric {
    match number {
        Number::Int(value) => Metric::Int(value),
        Number::Float(value) => Metric::Float(value),
    }
}

fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

fn key(field: Field) -> impl for<'a> FnMut(EventView<'a>, &mut Key) + Clone + Send + 'static {
    move |event, key| match field {
        Field::Host => key.part(event.host()),
        Field::Service => key.part(event.service()),
        Field::State => key.part(event.state()),
        Field::Metric => key.part(event.metric()),
        Field::HostAndState => key.part((event.host(), event.state())),
    }
}

fn change(set: &Set) -> change::Change<'static> {
    match set {
        Set::State(state) => change::state(*state),
        Set::Metric(None) => change::metric(Metric::Missing),
        Set::Metric(Some(number)) => change::metric(metric(*number)),
        Set::Ttl(ttl) => change::ttl(*ttl),
        Set::Time(time) => change::time(time.map(Time::from_micros)),
        Set::Tags(tags) => change::tags(tags.as_slice()),
    }
}

fn holds(condition: &Condition, event: EventView<'_>, now: Time) -> bool {
    match condition {
        Condition::MetricAbove(number) => gt(event.metric(), metric(*number)),
        Condition::MetricIs(number) => eq(event.metric(), metric(*number)),
        Condition::StateIs(state) => eq(event.state(), *state),
        Condition::HostIsNot(host) => ne(event.host(), *host),
        Condition::NoService => is_missing(event.service()),
        Condition::Tagged(tag) => event.tagged(tag),
        Condition::Expired => event.is_expired(now),
        Condition::Not(inner) => !holds(inner, event, now),
        Condition::Both(a, b) => holds(a, event, now) && holds(b, event, now),
        Condition::Either(a, b) => holds(a, event, now) || holds(b, event, now),
    }
}

/// [`Stage`], made for pointers.
trait Step_: Send {
    fn copy(&self) -> Erased;
    fn start(&mut self, cx: &mut Context);
    fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut dyn Sink);
    fn deadline(&self) -> Option<Time>;
    fn tick(&mut self, cx: &mut Context, out: &mut dyn Sink);
    fn finish(&mut self, cx: &mut Context, out: &mut dyn Sink);
}

/// [`Emit`], made for pointers; views pass with the changes that lie over them.
trait Sink {
    fn take(&mut self, item: EventView<'_>, cx: &mut Context);
}

struct Into<'a, O>(&'a mut O);

impl<O: Emit<Event>> Sink for Into<'_, O> {
    fn take(&mut self, item: EventView<'_>, cx: &mut Context) {
        self.0.emit(item, cx);
    }
}

struct From<'a>(&'a mut dyn Sink);

impl Emit<Event> for From<'_> {
    fn emit(&mut self, item: EventView<'_>, cx: &mut Context) {
        self.0.take(item, cx);
    }
}

impl<S: Stage<Event, Out = Event>> Step_ for S {
    fn copy(&self) -> Erased {
        Erased::new(self.clone())
    }

    fn start(&mut self, cx: &mut Context) {
        Stage::start(self, cx);
    }

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut dyn Sink) {
        Stage::item(self, item, cx, &mut From(out));
    }

    fn deadline(&self) -> Option<Time> {
        Stage::deadline(self)
    }

    fn tick(&mut self, cx: &mut Context, out: &mut dyn Sink) {
        Stage::tick(self, cx, &mut From(out));
    }

    fn finish(&mut self, cx: &mut Context, out: &mut dyn Sink) {
        Stage::finish(self, cx, &mut From(out));
    }
}

impl Stage<Event> for Erased {
    type Out = Event;

    fn start(&mut self, cx: &mut Context) {
        self.0.start(cx);
    }

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.0.item(item, cx, &mut Into(out));
    }

    fn deadline(&self) -> Option<Time> {
        self.0.deadline()
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.0.tick(cx, &mut Into(out));
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.0.finish(cx, &mut Into(out));
    }
}
