//! The built-in stages.
//!
//! Every one is a function whose first argument is the flow so far; `under(12)` in a router is the call `under(flow, 12)`.
//! The types they append are in [`types`].
//!
//! All of them go by one clock and one rule of expiry, that of [`expired`]; `docs/time.md` has the rule, and what each of them
//! does by time.

mod above_for;
mod apdex;
mod batch;
mod beat;
mod branch;
mod by;
mod changed;
mod changed_state;
mod clock_skew;
mod coalesce;
mod counter;
mod ddt;
mod event_window;
mod ewma;
mod expired;
mod fill_in;
mod filter;
mod fixed_time_window;
mod fold;
mod fold_interval;
mod index;
mod log;
mod moving_time_window;
mod percentiles;
mod predict_linear;
mod project;
mod publish;
mod rate;
mod runs;
mod sample;
mod scale;
mod silence;
mod sreduce;
mod stable;
mod stdout;
mod tag;
pub(crate) mod tap;
mod throttle;
mod timing;
mod top;
mod under;
mod with;

pub use above_for::{above_for, below_for, between_for};
pub use apdex::apdex;
pub use batch::{batch, rollup};
pub use branch::{split, tee};
pub use by::{by, by_value};
pub use changed::{changed, changed_by, changed_pairs};
pub use changed_state::{changed_state, changed_state_each};
pub use clock_skew::clock_skew;
pub use coalesce::{coalesce, coalesce_by};
pub use counter::{counter, counter_from};
pub use ddt::{ddt, ddt_every};
pub use event_window::{fixed_event_window, moving_event_window};
pub use ewma::{ewma, ewma_timeless};
pub use expired::{expire, expired, not_expired};
pub use fill_in::{fill_in, fill_in_last, interpolate_constant};
pub use filter::{filter, filter_map, flat_map, inspect, map, where_};
pub use fixed_time_window::{fixed_offset_time_window, fixed_time_window};
pub use fold::{count, difference, extremum, fold, maximum, mean, median, minimum};
pub use fold::{mode, modes, product, quotient, quotient_sloppy, std_dev, sum};
pub use fold_interval::{fold_interval, fold_interval_metric};
pub use index::{delete_entry_from_index, delete_from_index, index};
pub use log::log;
pub use moving_time_window::moving_time_window;
pub use percentiles::{percentiles, quantiles};
pub use predict_linear::predict_linear;
pub use project::{join, project};
pub use publish::publish;
pub use rate::rate;
pub use runs::{runs, runs_by};
pub use sample::{combine, sflatten, sorted_sample, sorted_sample_extract};
pub use scale::scale;
pub use silence::{deadman, debounce};
pub use sreduce::{sreduce, sreduce_from};
pub use stable::{stable, stable_by};
pub use stdout::stdout;
pub use tag::{tag, tagged_all, tagged_any, untag};
pub use tap::{tap, tap_unnamed};
pub use throttle::throttle;
pub use top::{top, top_and_rest, top_by, top_by_and_rest};
pub use under::{over, under, within, without};
pub use with::{adjust, default, default_texts, with, with_texts};

/// The types of the built-in stages, for signatures and documentation.
pub mod types {
    pub use super::above_for::Lasting;
    pub use super::apdex::Apdex;
    pub use super::batch::{Batch, Rollup};
    pub use super::branch::{Arm, Arms, NoArm, OneMore, SameAs, Split, Tee};
    pub use super::by::By;
    pub use super::changed::{Changed, ChangedPairs};
    pub use super::changed_state::{ChangedState, ChangedStateEach};
    pub use super::clock_skew::ClockSkew;
    pub use super::coalesce::Coalesce;
    pub use super::counter::Counter;
    pub use super::ddt::{Ddt, DdtEvery};
    pub use super::event_window::EventWindow;
    pub use super::ewma::{Ewma, EwmaTimeless};
    pub use super::expired::{Expire, Expired};
    pub use super::fill_in::{FillIn, FillInLast, InterpolateConstant};
    pub use super::filter::{Filter, FilterMap, FlatMap, Inspect, MapItem, Where, WhereHead};
    pub use super::fixed_time_window::FixedTimeWindow;
    pub use super::fold::{CountEvents, Difference, Extremum, Fold, FoldMetrics, Maximum, Mean, Median, Minimum, Mode};
    pub use super::fold::{Modes, Product, Quotient, QuotientSloppy, StdDev, Sum, WindowFold};
    pub use super::fold_interval::{FoldInterval, FoldIntervalMetric};
    pub use super::index::{DeleteEntryFromIndex, DeleteFromIndex, Index};
    pub use super::log::{Log, level};
    pub use super::moving_time_window::{Ignored, MovingTimeWindow};
    pub use super::percentiles::{Percentiles, Quantiles};
    pub use super::predict_linear::PredictLinear;
    pub use super::project::Project;
    pub use super::publish::Publish;
    pub use super::rate::Rate;
    pub use super::runs::Runs;
    pub use super::sample::{Combine, Sflatten, SortedSample};
    pub use super::scale::Scale;
    pub use super::silence::{Deadman, Debounce};
    pub use super::sreduce::{Sreduce, SreduceFrom};
    pub use super::stable::Stable;
    pub use super::stdout::Stdout;
    pub use super::tag::{Tag, TaggedAll, TaggedAny, Untag};
    pub use super::tap::Tap;
    pub use super::throttle::Throttle;
    pub use super::top::{Nothing, Top};
    pub use super::under::{Compare, Over, Test, Under, Within, Without};
    pub use super::with::{Adjust, DefaultFields, FieldOf, IntoField, Texts, With, WithTexts, field};
}
