//! Changes that lie over an event without copying it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use smol_str::SmolStr;

use super::record::{Field, flag};
use super::tag_set::TagSet;
use crate::model::metric::Metric;
use crate::model::time::Time;

/// The bit of a change of the metric in a mask of changed fields; the other bits are those of the record's flags.
pub(crate) const METRIC: u16 = flag::INT | flag::FLOAT;

/// One change of one field of an event.
///
/// Stages make them on the stack and put them over the event they pass on; made by the functions of this module.
#[derive(Clone, Debug)]
pub struct Change<'a>(pub(crate) Kind<'a>);

#[derive(Clone, Debug)]
pub(crate) enum Kind<'a> {
    /// Nothing; what is left of a `default` whose field is there.
    None,
    Text(Field, Option<Cow<'a, str>>),
    Metric(Metric),
    Time(Option<Time>),
    Ttl(Option<f64>),
    SetTags(Cow<'a, [SmolStr]>),
    AddTags(Arc<TagSet>),
    RemoveTags(Arc<TagSet>),
    Attribute(Cow<'a, str>, Option<Cow<'a, str>>),
}

impl Change<'_> {
    /// Returns the bits of the fields that this change is about.
    #[inline]
    pub(crate) fn mask(&self) -> u16 {
        match &self.0 {
            Kind::None => 0,
            Kind::Text(field, _) => field.bit(),
            Kind::Metric(_) => METRIC,
            Kind::Time(_) => flag::TIME,
            Kind::Ttl(_) => flag::TTL,
            Kind::SetTags(_) | Kind::AddTags(_) | Kind::RemoveTags(_) => Field::Tags.bit(),
            Kind::Attribute(..) => Field::Attributes.bit(),
        }
    }
}

/// A change of the tags that is made once and laid over many events.
#[derive(Clone, Debug)]
pub(crate) struct TagChange {
    changes: [Change<'static>; 1],
    /// The tags that it adds; none of one that removes.
    pub(super) adds: Arc<TagSet>,
}

impl TagChange {
    /// The bit of the field that it is about.
    pub(super) const MASK: u16 = Field::Tags.bit();

    /// Adds tags.
    pub(crate) fn add(tags: TagSet) -> TagChange {
        let adds = Arc::new(tags);
        TagChange { changes: [Change(Kind::AddTags(Arc::clone(&adds)))], adds }
    }

    /// Takes tags away.
    pub(crate) fn remove(tags: TagSet) -> TagChange {
        TagChange { changes: [Change(Kind::RemoveTags(tags.into()))], adds: Arc::new(TagSet::new([""; 0])) }
    }

    #[inline]
    pub(super) fn changes(&self) -> &[Change<'static>] {
        &self.changes
    }
}

macro_rules! texts {
    ($($name:ident $field:ident;)*) => {$(
        #[doc = concat!("Sets the ", stringify!($name), ".")]
        #[inline]
        pub fn $name<'a>(value: impl IntoText<'a>) -> Change<'a> {
            Change(Kind::Text(Field::$field, value.into_text()))
        }
    )*};
}
texts! {
    host Host;
    service Service;
    state State;
    description Description;
}

/// Sets the metric.
#[inline]
pub fn metric<'a>(value: impl IntoMetric) -> Change<'a> {
    Change(Kind::Metric(value.into_metric()))
}

/// Sets the time.
#[inline]
pub fn time<'a>(value: impl IntoTime) -> Change<'a> {
    Change(Kind::Time(value.into_time()))
}

/// Sets the ttl, in seconds.
#[inline]
pub fn ttl<'a>(value: impl IntoSeconds) -> Change<'a> {
    Change(Kind::Ttl(value.into_seconds()))
}

/// Replaces the tags.
#[inline]
pub fn tags<'a>(value: impl TagList) -> Change<'a> {
    Change(Kind::SetTags(Cow::Owned(value.into_tags())))
}

/// Sets one attribute.
#[inline]
pub fn attribute<'a>(key: impl Into<Cow<'a, str>>, value: impl IntoText<'a>) -> Change<'a> {
    Change(Kind::Attribute(key.into(), value.into_text()))
}

/// Stands for a field without a value: `with(state = None)`.
#[derive(Clone, Copy, Debug)]
pub struct Missing;

/// What a text field can be set to.
#[diagnostic::on_unimplemented(
    message = "a text field takes a text, found `{Self}`",
    label = "expected a text such as `\"ok\"`, a `String` or an `Option` of them"
)]
pub trait IntoText<'a> {
    /// Converts into the text, `None` to clear the field.
    fn into_text(self) -> Option<Cow<'a, str>>;
}

/// What a metric can be set to.
#[diagnostic::on_unimplemented(message = "a metric must be a number, found `{Self}`", label = "expected a number such as `12` or `0.95`")]
pub trait IntoMetric {
    /// Converts into the metric.
    fn into_metric(self) -> Metric;
}

/// What a time can be set to.
#[diagnostic::on_unimplemented(
    message = "a time must be a `Time` or a number of seconds since the epoch, found `{Self}`",
    label = "expected a time"
)]
pub trait IntoTime {
    /// Converts into the time, `None` to clear the field.
    fn into_time(self) -> Option<Time>;
}

/// What a ttl can be set to.
#[diagnostic::on_unimplemented(
    message = "a ttl must be a duration such as `60s` or a number of seconds, found `{Self}`",
    label = "expected a duration or a number"
)]
pub trait IntoSeconds {
    /// Converts into seconds, `None` to clear the field.
    fn into_seconds(self) -> Option<f64>;
}

/// One tag or several: `"x"`, `["x", "y"]`, a `Vec` of texts.
#[diagnostic::on_unimplemented(
    message = "a tag must be a text or a list of texts, found `{Self}`",
    label = "expected a tag such as `\"x\"` or a list such as `[\"x\", \"y\"]`"
)]
pub trait TagList {
    /// Converts into the tags, without repetitions.
    fn into_tags(self) -> Vec<SmolStr>;
}

macro_rules! convert {
    ($($trait:ident $arguments:tt $method:ident -> $out:ty { $($from:ty => |$value:ident| $body:expr;)* })*) => {
        $($(convert! { @impl $trait $arguments $method -> $out, $from, $value, $body })*)*
    };
    (@impl $trait:ident [$($lifetime:lifetime)?] $method:ident -> $out:ty, $from:ty, $value:ident, $body:expr) => {
        impl$(<$lifetime>)? $trait$(<$lifetime>)? for $from {
            #[inline]
            fn $method(self) -> $out {
                let $value = self;
                $body
            }
        }
    };
}

convert! {
    IntoText ['a] into_text -> Option<Cow<'a, str>> {
        &'a str => |text| Some(Cow::Borrowed(text));
        &'a String => |text| Some(Cow::Borrowed(text.as_str()));
        String => |text| Some(Cow::Owned(text));
        Cow<'a, str> => |text| Some(text);
        char => |text| Some(Cow::Owned(text.to_string()));
        Option<&'a str> => |text| text.map(Cow::Borrowed);
        Option<String> => |text| text.map(Cow::Owned);
        &'a Option<String> => |text| text.as_deref().map(Cow::Borrowed);
        Option<Cow<'a, str>> => |text| text;
        Missing => |_missing| None;
    }

    IntoTime [] into_time -> Option<Time> {
        Time => |time| Some(time);
        Option<Time> => |time| time;
        Metric => |seconds| seconds.as_f64().map(Time::from_secs_f64);
        i32 => |seconds| Some(Time::from_secs(seconds.into()));
        i64 => |seconds| Some(Time::from_secs(seconds));
        f64 => |seconds| Some(Time::from_secs_f64(seconds));
        Missing => |_missing| None;
    }
    IntoSeconds [] into_seconds -> Option<f64> {
        i32 => |seconds| Some(seconds.into());
        i64 => |seconds| Some(seconds as f64);
        u32 => |seconds| Some(seconds.into());
        u64 => |seconds| Some(seconds as f64);
        f32 => |seconds| Some(seconds.into());
        f64 => |seconds| Some(seconds);
        Option<f64> => |seconds| seconds;
        Metric => |seconds| seconds.as_f64();
        std::time::Duration => |duration| Some(duration.as_secs_f64());
        Option<std::time::Duration> => |duration| duration.map(|duration| duration.as_secs_f64());
        Missing => |_missing| None;
    }
    IntoMetric [] into_metric -> Metric {
        Metric => |metric| metric;
        Missing => |_missing| Metric::Missing;
        i8 => |number| number.into();
        i16 => |number| number.into();
        i32 => |number| number.into();
        i64 => |number| number.into();
        isize => |number| number.into();
        u8 => |number| number.into();
        u16 => |number| number.into();
        u32 => |number| number.into();
        u64 => |number| number.into();
        usize => |number| number.into();
        f32 => |number| number.into();
        f64 => |number| number.into();
        Time => |time| time.as_secs_f64().into();
        Option<Time> => |time| time.map(Time::as_secs_f64).into();
        Option<i64> => |number| number.into();
        Option<f64> => |number| number.into();
        &Metric => |metric| *metric;
        &i32 => |number| (*number).into();
        &i64 => |number| (*number).into();
        &u32 => |number| (*number).into();
        &u64 => |number| (*number).into();
        &f32 => |number| (*number).into();
        &f64 => |number| (*number).into();
        &Option<i64> => |number| (*number).into();
        &Option<f64> => |number| (*number).into();
    }
}

/// Keeps the first of equal tags, in time that grows with their number only.
fn distinct<S: AsRef<str>>(tags: impl IntoIterator<Item = S>) -> Vec<SmolStr> {
    /// Up to here looking through a list is faster than hashing.
    const FEW: usize = 16;
    let mut list: Vec<SmolStr> = Vec::new();
    let mut known = HashSet::new();
    for tag in tags {
        let tag = tag.as_ref();
        let new = match list.len() {
            ..FEW => !list.iter().any(|known| known == tag),
            _ => {
                if known.is_empty() {
                    known.extend(list.iter().cloned());
                }
                known.insert(tag.into())
            }
        };
        if new {
            list.push(tag.into());
        }
    }
    list
}

convert! {
    TagList [] into_tags -> Vec<SmolStr> {
        &str => |tag| vec![tag.into()];
        &String => |tag| vec![tag.into()];
        String => |tag| vec![tag.into()];
        SmolStr => |tag| vec![tag];
        Missing => |_missing| Vec::new();
    }
}

impl<S: AsRef<str>, const N: usize> TagList for [S; N] {
    fn into_tags(self) -> Vec<SmolStr> {
        distinct(self)
    }
}

impl<S: AsRef<str>> TagList for Vec<S> {
    fn into_tags(self) -> Vec<SmolStr> {
        distinct(self)
    }
}

impl<S: AsRef<str>> TagList for &[S] {
    fn into_tags(self) -> Vec<SmolStr> {
        distinct(self)
    }
}

impl<S: AsRef<str>> TagList for &Vec<S> {
    fn into_tags(self) -> Vec<SmolStr> {
        distinct(self)
    }
}

/// A text that borrows nothing.
pub trait IntoOwnedText: IntoText<'static> {}

impl<T: IntoText<'static>> IntoOwnedText for T {}
