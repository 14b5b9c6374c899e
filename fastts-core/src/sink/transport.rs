//! What one integration has to say: how its records are brought out.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use super::records::Records;

/// Brings records to one target: a server, a file, a service. Everything else (the queue, when to try again, what is counted) is
/// the sink's [`Worker`](super::Worker).
///
/// It is made when there is something to deliver, once for each lane, and made anew after a panic or a time-out. Whatever it
/// connects to it connects to in `deliver`, so that a target that is away is a delivery that is tried again.
pub trait Transport: Send + 'static {
    /// What is queued beside a text; `()` when the text is all.
    type Item: Send + Sync + 'static;

    /// What one record is called in the log.
    const UNIT: &'static str = "event";

    /// Whether `deliver` blocks its thread, as writing to a file does: then the sink has a thread of its own, and no time-out.
    const BLOCKS: bool = false;

    /// Brings out some records, in order, and says what became of them. It must be fit to be dropped half-way, when it takes
    /// longer than the time-out or the router ends.
    fn deliver(&mut self, records: &Records<Self::Item>) -> impl Future<Output = Report> + Send;

    /// Says goodbye, when the router has been drained.
    fn close(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Appends what a person sees of a record: in the list of dead letters, and in tests. JSON of the event where there is one;
    /// the text as it is by default.
    fn show(text: &[u8], item: &Self::Item, out: &mut Vec<u8>) {
        let _ = item;
        out.extend_from_slice(text);
    }

    /// Makes a record again of what [`show`](Transport::show) made of it: appends its text and returns its item. `None` when that
    /// is not possible, as by default; then `dead retry` leaves its dead letters alone.
    fn restore(shown: &[u8], text: &mut Vec<u8>) -> Option<Self::Item> {
        let _ = (shown, text);
        None
    }
}

/// What became of the records that were to be delivered. Those that it does not mention were delivered.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Which records the target will not take, ever, and why: they become dead letters.
    pub refused: Vec<(usize, Reason)>,
    /// What is to be sent again.
    pub again: Option<Again>,
    /// Nobody is there any more who could take anything, and it is nobody's fault; all else is dropped.
    pub gone: Option<Reason>,
}

/// What is to be sent again, and when.
#[derive(Debug)]
#[non_exhaustive]
pub struct Again {
    /// Which records; `None` for all that were not refused.
    pub which: Option<Vec<usize>>,
    /// Why.
    pub why: Reason,
    /// How long the target asks to be left alone, at least.
    pub after: Option<Duration>,
    /// One record at a time, to find out which of them is at fault.
    pub singly: bool,
}

impl Report {
    /// All were delivered.
    pub fn delivered() -> Report {
        Report::default()
    }

    /// None was delivered; all are sent again.
    pub fn again(why: impl Into<Reason>) -> Report {
        Report { again: Some(Again { which: None, why: why.into(), after: None, singly: false }), ..Report::default() }
    }

    /// None was delivered; each is sent again alone, at once.
    pub fn again_singly(why: impl Into<Reason>) -> Report {
        Report { again: Some(Again { which: None, why: why.into(), after: None, singly: true }), ..Report::default() }
    }

    /// The target will not take these.
    pub fn refused(which: impl IntoIterator<Item = usize>, why: impl Into<Reason>) -> Report {
        let why = why.into();
        Report { refused: which.into_iter().map(|index| (index, why.clone())).collect(), ..Report::default() }
    }

    /// Nobody is there any more.
    pub fn gone(why: impl Into<Reason>) -> Report {
        Report { gone: Some(why.into()), ..Report::default() }
    }

    /// Has only these records sent again.
    pub fn only(mut self, which: impl IntoIterator<Item = usize>) -> Report {
        if let Some(again) = &mut self.again {
            again.which = Some(which.into_iter().collect());
        }
        self
    }

    /// Has the records sent again no sooner than after this time, as the target asks for.
    pub fn after(mut self, after: Duration) -> Report {
        if let Some(again) = &mut self.again {
            again.after = Some(after);
        }
        self
    }
}

/// Why records were not delivered, in words for the log: lowercase, no full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(Cow<'static, str>);

impl Reason {
    /// Returns the words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&'static str> for Reason {
    fn from(text: &'static str) -> Reason {
        Reason(Cow::Borrowed(text))
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Reason {
        Reason(Cow::Owned(text))
    }
}

impl From<io::Error> for Reason {
    fn from(error: io::Error) -> Reason {
        Reason(Cow::Owned(error.to_string()))
    }
}

/// A future behind a pointer.
pub(super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A transport behind a pointer, so that what runs it is compiled once for each type of items.
pub(super) trait AnyTransport<I>: Send {
    fn deliver<'a>(&'a mut self, records: &'a Records<I>) -> Boxed<'a, Report>;
    fn close(&mut self) -> Boxed<'_, ()>;
}

/// Makes a trait object of a transport, whose own futures have no such type.
pub(super) struct Adapter<T>(pub(super) T);

impl<T: Transport> AnyTransport<T::Item> for Adapter<T> {
    fn deliver<'a>(&'a mut self, records: &'a Records<T::Item>) -> Boxed<'a, Report> {
        Box::pin(self.0.deliver(records))
    }

    fn close(&mut self) -> Boxed<'_, ()> {
        Box::pin(self.0.close())
    }
}
