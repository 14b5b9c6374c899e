//! Pipelines that `router!` wrote, each with the steps that it means.

use fastts_core::{Event, Router, router};

use crate::model::Number::{Float, Int};
use crate::steps::Condition::{Both, Either, Expired, HostIsNot, MetricAbove, MetricIs, NoService, Not, StateIs, Tagged};
use crate::steps::Step::{
    By, Changed, ClockSkew, Counter, Ddt, DdtEvery, Deadman, Debounce, Default, Ewma, EwmaTimeless, Expire, FillIn, FillInLast,
    InterpolateConstant, Lasting, Over, Rate, Runs, Scale, Split, Sreduce, Stable, Tag, TaggedAll, TaggedAny, Throttle, Under, Untag,
    Where, With, Within,
};
use crate::steps::{Bounds, Field, Init, Set, Step};

const SECOND: i64 = 1_000_000;

macro_rules! pipelines {
    ($({ $($stages:tt)* } $steps:expr;)*) => {
        /// The routers and their steps.
        pub(crate) fn all() -> Vec<(fn() -> Router, Vec<Step>)> {
            vec![$({
                router! { #[allow(unbounded_keys)] pipeline "fused" { $($stages)*; tap } }
                (router as fn() -> Router, $steps.into())
            }),*]
        }
    };
}

pipelines! {
    { under(3); tag("x"); rate(5) }
        [Under(Int(3)), Tag(vec!["x"]), Rate(5 * SECOND)];
    { scale(2); under(10); with(state = "slow") }
        [Scale(Int(2)), Under(Int(10)), With(Set::State(Some("slow")))];
    { tag("x"); untag(["x", "y"]); tag(["z", "x"]); tagged_all(["x", "z"]); scale(0.5); scale(3) }
        [Tag(vec!["x"]), Untag(vec!["x", "y"]), Tag(vec!["z", "x"]), TaggedAll(vec!["x", "z"]), Scale(Float(0.5)), Scale(Int(3))];
    { with(state = None); default(state = "new", ttl = 4); default(metric = 1.5); changed(state) }
        [With(Set::State(None)), Default(Set::State(Some("new"))), Default(Set::Ttl(Some(4.0))), Default(Set::Metric(Some(Float(1.5)))), Changed(Field::State, None)];
    { changed(state, init = "ok"); throttle(2, 3s) }
        [Changed(Field::State, Some(Init("ok"))), Throttle(2, 3 * SECOND)];
    { runs(2, host, state); stable(1.5s, metric) }
        [Runs(2, Field::HostAndState), Stable(3 * SECOND / 2, Field::Metric)];
    { where(metric > 1 && !(state == "bad" || host != "a")); sreduce(|sum, event| { let metric = sum.metric().plus(event.metric()); sum.with_metric(metric) }) }
        [Where(Both(MetricAbove(Int(1)).into(), Not(Either(StateIs("bad").into(), HostIsNot("a").into()).into()).into())), Sreduce];
    { where(tagged("x") || expired || service == None || metric == 2); tag("y"); tagged_any(["x", "y"]) }
        [Where(Either(Either(Tagged("x").into(), Expired.into()).into(), Either(NoService.into(), MetricIs(Int(2)).into()).into())), Tag(vec!["y"]), TaggedAny(vec!["x", "y"])];
    { within(0, 4.5); over(0.5); rate(250ms); rate(2) }
        [Within(Int(0), Float(4.5)), Over(Float(0.5)), Rate(SECOND / 4), Rate(2 * SECOND)];
    { stable(3s, state); rate(2); changed(metric) }
        [Stable(3 * SECOND, Field::State), Rate(2 * SECOND), Changed(Field::Metric, None)];
    { rate(1); stable(2s, host); throttle(1, 5s); tag("x") }
        [Rate(SECOND), Stable(2 * SECOND, Field::Host), Throttle(1, 5 * SECOND), Tag(vec!["x"])];
    { ewma_timeless(0.25); counter; ewma(2s) }
        [EwmaTimeless(0.25), Counter(Int(0)), Ewma(2 * SECOND)];
    { counter(1.5); ddt; expire }
        [Counter(Float(1.5)), Ddt, Expire];
    { ddt(2s); clock_skew }
        [DdtEvery(2 * SECOND), ClockSkew];
    { rate(1); interpolate_constant(1.5s) }
        [Rate(SECOND), InterpolateConstant(3 * SECOND / 2)];
    { fill_in(2s, Event::new().with_service("filled").with_metric(0).with_ttl(5)); fill_in_last(1.5s, state = "filled") }
        [FillIn(2 * SECOND), FillInLast(3 * SECOND / 2)];
    { above_for(1, 2s); debounce(1s) }
        [Lasting(Bounds::Above(Int(1)), 2 * SECOND), Debounce(SECOND)];
    { below_for(4.5, 500ms); deadman(5s); between_for(-1, 2, 1s) }
        [Lasting(Bounds::Below(Float(4.5)), SECOND / 2), Deadman(5 * SECOND), Lasting(Bounds::Between(Int(-1), Int(2)), SECOND)];
    { by(host) { above_for(0, 1s); deadman(2s); interpolate_constant(1s) } }
        [By(Field::Host, vec![Lasting(Bounds::Above(Int(0)), SECOND), Deadman(2 * SECOND), InterpolateConstant(SECOND)])];
    { by(host) { changed(state) } }
        [By(Field::Host, vec![Changed(Field::State, None)])];
    { scale(2); by(host) { rate(2); under(10); with(state = "slow") } }
        [Scale(Int(2)), By(Field::Host, vec![Rate(2 * SECOND), Under(Int(10)), With(Set::State(Some("slow")))])];
    { by(host, state) { throttle(1, 4s) } }
        [By(Field::HostAndState, vec![Throttle(1, 4 * SECOND)])];
    { by(metric) { runs(2, state); stable(1s, host) } }
        [By(Field::Metric, vec![Runs(2, Field::State), Stable(SECOND, Field::Host)])];
    { tag("x"); by(host) { by(service) { rate(3); changed(metric) } } }
        [Tag(vec!["x"]), By(Field::Host, vec![By(Field::Service, vec![Rate(3 * SECOND), Changed(Field::Metric, None)])])];
    { split { metric > 1 => { scale(2); rate(2) }, _ => { by(host) { stable(2s, state) } } } }
        [Split(MetricAbove(Int(1)), vec![Scale(Int(2)), Rate(2 * SECOND)], vec![By(Field::Host, vec![Stable(2 * SECOND, Field::State)])])];
    { by(service) { split { state == "ok" => runs(2, host), _ => { default(ttl = 2); rate(1) } } } }
        [By(Field::Service, vec![Split(StateIs("ok"), vec![Runs(2, Field::Host)], vec![Default(Set::Ttl(Some(2.0))), Rate(SECOND)])])];
}
