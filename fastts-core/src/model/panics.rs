//! Catching panics with their message and place.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

/// A panic that was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    /// What it said.
    pub message: String,
    /// Where it was: `file:line:column`.
    pub place: String,
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A message may hold what a client sent: it must not look like other lines of a log.
        let escape = |one: char| if one.is_control() { one.escape_default().to_string() } else { one.to_string() };
        let message: String = self.message.chars().map(escape).collect();
        write!(f, "{message} at {}", self.place)
    }
}

impl std::error::Error for Panic {}

thread_local! {
    /// True while this thread runs something whose panics are caught here.
    static OURS: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs a closure and catches its panic, which is not printed: whoever catches it tells it.
///
/// What the closure borrows may be half-changed after a panic; callers throw it away.
#[inline]
pub(crate) fn catch<R>(run: impl FnOnce() -> R) -> Result<R, Panic> {
    install_hook();
    let outer = OURS.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run)).map_err(describe);
    OURS.set(outer);
    result
}

/// Goes on with a panic that was caught, as if it had not been: whoever catches it next is told the same message and place.
pub(crate) fn raise(panic: Panic) -> ! {
    let _ = PLACE.try_with(|seen| seen.replace(Some(panic.place)));
    panic::resume_unwind(Box::new(panic.message))
}

/// Teaches the panic hook, once, to be quiet about panics of ours and to note where they were; all others go to the hook that
/// was there before.
#[inline]
fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // A thread that is going away has no thread-locals any more, and nothing of ours runs on it.
            if OURS.try_with(Cell::get).unwrap_or(false) {
                let place = info.location().map(ToString::to_string);
                let _ = PLACE.try_with(|seen| seen.replace(place));
            } else {
                before(info);
            }
        }));
    });
}

#[cold]
fn describe(payload: Box<dyn Any + Send>) -> Panic {
    let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a panic without a message".to_owned(),
    };
    // The payload is the user's, and so is its drop.
    let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))).map_err(std::mem::forget);
    let place = PLACE.take().unwrap_or_else(|| "an unknown place".to_owned());
    Panic { message, place }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_and_place_are_kept() {
        let line = line!() + 1;
        let panic = catch(|| panic!("number {}", 7)).unwrap_err();
        assert_eq!(panic.message, "number 7");
        assert_eq!(panic.place, format!("{}:{line}:30", file!()));
        let empty: &[u8] = &[];
        let panic = catch(|| empty[std::hint::black_box(3)]).unwrap_err();
        assert_eq!(panic.message, "index out of bounds: the len is 0 but the index is 3");
    }

    #[test]
    fn a_panic_that_is_raised_again_keeps_its_message_and_place() {
        let first = catch(|| panic!("first")).unwrap_err();
        assert_eq!(catch(|| raise(first.clone())), Err::<(), Panic>(first));
    }

    #[test]
    fn a_payload_that_is_no_text_and_panics_when_dropped_is_survived() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        let panic = catch(|| panic::panic_any(Bomb)).unwrap_err();
        assert_eq!(panic.message, "a panic without a message");
    }

    #[test]
    fn panics_of_others_reach_the_hook_that_was_there() {
        assert!(catch(|| ()).is_ok());
        assert!(!OURS.get(), "the mark is taken off again");
        let nested = catch(|| {
            let inner = catch(|| panic!("inner"));
            assert!(OURS.get(), "the outer mark stays");
            inner
        });
        assert_eq!(nested.unwrap().unwrap_err().message, "inner");
    }
}
