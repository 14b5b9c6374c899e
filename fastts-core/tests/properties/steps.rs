//! Pipelines as data.

use crate::model::Number;

/// A stage of a pipeline. Intervals are in microseconds.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Under(Number),
    Over(Number),
    Within(Number, Number),
    Scale(Number),
    Tag(Vec<&'static str>),
    Untag(Vec<&'static str>),
    TaggedAll(Vec<&'static str>),
    TaggedAny(Vec<&'static str>),
    Where(Condition),
    With(Set),
    Default(Set),
    Changed(Field, Option<Init>),
    Runs(usize, Field),
    Throttle(usize, i64),
    Stable(i64, Field),
    Rate(i64),
    /// Adds up the metrics.
    Sreduce,
    EwmaTimeless(f64),
    Ewma(i64),
    Counter(Number),
    Ddt,
    DdtEvery(i64),
    /// With a service `filled`, a metric of 0 and a ttl of 5 seconds.
    FillIn(i64),
    /// With the state `filled`.
    FillInLast(i64),
    InterpolateConstant(i64),
    Lasting(Bounds, i64),
    Debounce(i64),
    Deadman(i64),
    Expire,
    ClockSkew,
    By(Field, Vec<Step>),
    Split(Condition, Vec<Step>, Vec<Step>),
}

impl Step {
    /// Says whether outputs of one instant have an order of which the model knows nothing.
    pub(crate) fn is_parallel(&self) -> bool {
        matches!(self, Step::By(..) | Step::Split(..))
    }
}

/// Where a metric has to stay.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bounds {
    Above(Number),
    Below(Number),
    Between(Number, Number),
}

/// What is compared with what was before.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field {
    Host,
    Service,
    State,
    Metric,
    HostAndState,
}

/// The state before the first event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Init(pub(crate) &'static str);

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    MetricAbove(Number),
    MetricIs(Number),
    StateIs(&'static str),
    HostIsNot(&'static str),
    NoService,
    Tagged(&'static str),
    Expired,
    Not(Box<Condition>),
    Both(Box<Condition>, Box<Condition>),
    Either(Box<Condition>, Box<Condition>),
}

/// A field and its new value.
#[derive(Clone, Debug)]
pub(crate) enum Set {
    State(Option<&'static str>),
    Metric(Option<Number>),
    Ttl(Option<f64>),
    Time(Option<i64>),
    Tags(Vec<&'static str>),
}
