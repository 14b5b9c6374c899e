//! What stages take as arguments, each a trait that says in the user's words what was expected.

use std::time::Duration;

use crate::model::metric::Metric;

/// A bound to compare metrics with: any number.
#[diagnostic::on_unimplemented(
    message = "a threshold must be a number, found `{Self}`",
    label = "expected a number such as `12` or `0.95`"
)]
pub trait Threshold {
    /// Converts into a metric.
    fn threshold(self) -> Metric;
}

/// A length of time: a duration, or a number of seconds.
///
/// The engine counts in microseconds: an interval is rounded up to a whole number of them.
#[diagnostic::on_unimplemented(
    message = "an interval must be a duration such as `5s` or a number of seconds, found `{Self}`",
    label = "expected a duration such as `5s` or `250ms`"
)]
pub trait Interval {
    /// Converts into a duration.
    ///
    /// # Panics
    /// When it is not longer than zero, or no number.
    fn interval(self) -> Duration;
}

/// How many: a whole number above 0.
#[diagnostic::on_unimplemented(
    message = "a count must be a whole number above 0, found `{Self}`",
    label = "expected a whole number such as `3`"
)]
pub trait Count {
    /// Converts into a number of items.
    ///
    /// # Panics
    /// When it is 0 or negative.
    fn count(self) -> usize;

    /// Converts into a number of items that may be none.
    ///
    /// # Panics
    /// When it is negative.
    fn count_or_none(self) -> usize;
}

impl Threshold for Metric {
    fn threshold(self) -> Metric {
        self
    }
}

impl Interval for Duration {
    #[track_caller]
    fn interval(self) -> Duration {
        assert!(!self.is_zero(), "an interval must be longer than zero");
        let micros = self.as_nanos().div_ceil(1000);
        // What does not fit is longer than time itself.
        u64::try_from(micros).map_or(Duration::MAX, Duration::from_micros)
    }
}

macro_rules! numbers {
    (whole: $($whole:ty)*; float: $($float:ty)*) => {
        $(
            impl Count for $whole {
                #[track_caller]
                fn count(self) -> usize {
                    let count = usize::try_from(self).unwrap_or(0);
                    assert!(count > 0, "a count must be a whole number above 0, found `{self}`");
                    count
                }

                #[track_caller]
                #[allow(clippy::panic, reason = "said in the documentation")]
                fn count_or_none(self) -> usize {
                    usize::try_from(self).unwrap_or_else(|_| panic!("this must be a whole number of 0 or more, found `{self}`"))
                }
            }
        )*
        $(numbers! { @both $whole })*
        $(numbers! { @both $float })*
    };
    (@both $number:ty) => {
        impl Threshold for $number {
            fn threshold(self) -> Metric {
                self.into()
            }
        }

        impl Interval for $number {
            #[track_caller]
            fn interval(self) -> Duration {
                let duration = Duration::try_from_secs_f64(self as f64).unwrap_or_default();
                assert!(!duration.is_zero(), "an interval must be longer than zero, found `{self}` seconds");
                duration.interval()
            }
        }
    };
}
numbers! { whole: i8 i16 i32 i64 isize u8 u16 u32 u64 usize; float: f32 f64 }
