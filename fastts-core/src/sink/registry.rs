//! The sinks of one router.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::letters::{self, Folder, Letter, Letters, Revived};
use super::options::Options;
use super::recording::Recordings;
use super::stats::SinkStats;
use super::transport::Transport;
use super::worker::{Open, Worker};
use crate::breaker::Breakers;
use crate::clock::{Clock, Limit};

/// The sinks of one router, each under its name: a handle, whose copies are the same.
///
/// A stage opens its sink with [`Context::sinks`](crate::Context::sinks) when it starts. One of the same name and options that is
/// open already is the same: so the copies of a stage in `by` share one, and so do a chain and the one that takes its place after a
/// panic, which loses nothing of what the sink holds. A drain waits for all of them; they go with the router.
///
/// | made by | in | what a sink does |
/// |---|---|---|
/// | [`Sinks::new`] | a router that runs | what it is there for |
/// | [`Sinks::printing`] | a replay | nothing, but for the standard output |
/// | [`Sinks::recording`] | a test | keeps what it is given, for the test to look at |
/// | [`Sinks::off`] | `why`, `graph` and `check` | nothing |
#[derive(Clone)]
pub struct Sinks(Arc<Registry>);

struct Registry {
    mode: Mode,
    services: SinkServices,
    open: Mutex<Vec<Entry>>,
}

/// What all sinks of a router share.
#[derive(Clone)]
pub(super) struct SinkServices {
    pub(super) clock: Clock,
    pub(super) letters: Letters,
    pub(super) breakers: Breakers,
}

enum Mode {
    All,
    Printing,
    Recording(Recordings),
    Off,
}

/// A sink that is open, and what makes it differ from others.
struct Entry {
    key: (String, Options),
    sink: Arc<dyn Sink>,
}

/// A sink whatever its items are.
pub(super) trait Sink: Any + Send + Sync {
    /// Has it deliver at once what it would keep for a fuller batch, or for a later attempt.
    fn hurry(&self);
    /// Waits until everything is delivered or given up; returns what is left, in words such as `3 events for web2:5555`.
    fn wait(&self, limit: Limit) -> Option<String>;
    /// Ends it; what is left becomes dead letters.
    fn end(&self);
    fn revive(&self, letter: &Letter) -> Revived;
    fn stats(&self) -> SinkStats;
}

impl Default for Sinks {
    /// Returns sinks that are off.
    fn default() -> Sinks {
        Sinks::off()
    }
}

impl Sinks {
    /// Makes the sinks of a router that runs by this clock.
    pub fn new(clock: Clock) -> Sinks {
        Sinks::of(Mode::All, clock, Letters::default())
    }

    /// Makes the sinks of a router that runs by this clock, whose dead letters are kept in a directory.
    pub fn with_letters(clock: Clock, folder: Folder) -> Sinks {
        Sinks::of(Mode::All, clock, Letters::within(folder))
    }

    /// Makes sinks that do nothing, but for those that work in a replay.
    pub fn printing() -> Sinks {
        Sinks::of(Mode::Printing, Clock::system(), Letters::default())
    }

    /// Makes sinks that keep what they are given; [`take`](Sinks::take) returns it.
    pub fn recording() -> Sinks {
        Sinks::of(Mode::Recording(Recordings::default()), Clock::system(), Letters::default())
    }

    /// Makes sinks that do nothing.
    pub fn off() -> Sinks {
        Sinks::of(Mode::Off, Clock::system(), Letters::default())
    }

    fn of(mode: Mode, clock: Clock, letters: Letters) -> Sinks {
        let breakers = Breakers::new(clock.clone());
        let services = SinkServices { clock, letters, breakers };
        Sinks(Arc::new(Registry { mode, services, open: Mutex::default() }))
    }

    /// Returns the sink of that name and those options, which is opened when it is not yet. The name says the kind of sink, and its
    /// target if it has one: `forward riemann2:5555`. `make` makes what delivers, when there is something to deliver.
    ///
    /// # Panics
    /// When a sink of another kind has the name.
    pub fn open<T: Transport>(&self, name: &str, options: &Options, make: impl Fn() -> T + Send + Sync + 'static) -> Worker<T> {
        match &self.0.mode {
            Mode::Recording(recordings) => return Worker::recording(recordings.of(name)),
            Mode::Off => return Worker::nobody(),
            Mode::Printing if !options.replays => return Worker::nobody(),
            Mode::Printing | Mode::All => {}
        }
        let mut entries = self.lock();
        let known = entries.iter().find(|entry| entry.key.0 == name && entry.key.1 == *options).map(|entry| Arc::clone(&entry.sink));
        if let Some(known) = known {
            let known: Arc<dyn Any + Send + Sync> = known;
            let open = known.downcast::<Open<T::Item>>();
            return Worker::target(open.unwrap_or_else(|_| panic!("there is another kind of sink that is called {name:?}")));
        }
        let namesakes = entries.iter().filter(|entry| entry.key.0 == name).count();
        // Counters of two need two names.
        let shown = if namesakes == 0 { name.to_owned() } else { format!("{name} ({})", namesakes + 1) };
        let open = Arc::new(Open::start(shown, name, options.clone(), self.0.services.clone(), make));
        entries.push(Entry { key: (name.to_owned(), options.clone()), sink: Arc::clone(&open) as Arc<dyn Sink> });
        Worker::target(open)
    }

    /// Takes what a sink was given since the last call, of sinks that record.
    pub fn take(&self, sink: &str) -> Vec<String> {
        match &self.0.mode {
            Mode::Recording(recordings) => recordings.take(sink),
            _ => Vec::new(),
        }
    }

    /// Returns what each sink has done, in the order in which they were opened.
    pub fn stats(&self) -> Vec<SinkStats> {
        self.all().iter().map(|sink| sink.stats()).collect()
    }

    /// Returns the breakers of the router: of its sinks, and of all else that opens one.
    pub fn breakers(&self) -> &Breakers {
        &self.0.services.breakers
    }

    /// Returns how many dead letters were kept and had to make room for others.
    pub(crate) fn letters_thrown(&self) -> u64 {
        self.0.services.letters.thrown()
    }

    /// Returns the newest records that were given up since the router started, the oldest of them first.
    pub fn dead_letters(&self) -> Vec<Letter> {
        self.0.services.letters.newest()
    }

    /// Waits until every sink has delivered what it holds, for `limit` at most; returns what is left, in words. Sinks go on with it.
    pub fn flush(&self, limit: Duration) -> Vec<String> {
        self.wait(Limit::after(limit))
    }

    /// Does so, and ends them: what is left becomes dead letters.
    pub(crate) fn drain(&self, limit: Limit) -> Vec<String> {
        let left = self.wait(limit);
        self.all().iter().for_each(|sink| sink.end());
        left
    }

    fn wait(&self, limit: Limit) -> Vec<String> {
        let sinks = self.all();
        // All at once: one that is away must not take the time of the others.
        sinks.iter().for_each(|sink| sink.hurry());
        sinks.iter().filter_map(|sink| sink.wait(limit)).collect()
    }

    /// Sends the dead letters again that somebody wants sent again, until the router is gone.
    pub(crate) async fn serve_letters(self) {
        let Some(folder) = self.0.services.letters.folder().cloned() else { return };
        let clock = self.0.services.clock.clone();
        let registry = Arc::downgrade(&self.0);
        drop(self);
        letters::send_again(&folder, &clock, || registry.strong_count() > 0, |letter| revive(&registry, letter)).await;
    }

    fn all(&self) -> Vec<Arc<dyn Sink>> {
        self.lock().iter().map(|entry| Arc::clone(&entry.sink)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        // What is opened is put in when it is whole.
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives a letter to the sink that it was for.
fn revive(registry: &Weak<Registry>, letter: &Letter) -> Revived {
    let Some(registry) = registry.upgrade() else { return Revived::Later };
    let sink = Sinks(registry).all().into_iter().find(|sink| sink.stats().name == letter.sink);
    sink.map_or(Revived::Never("there is no sink of this name"), |sink| sink.revive(letter))
}

impl fmt::Debug for Sinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.lock().iter().map(|entry| &entry.key.0)).finish()
    }
}
