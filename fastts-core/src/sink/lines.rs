//! A sink of lines of text: a bounded buffer that pipelines copy into, and a thread that writes it out.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::{Sink, Sinks, recorder};
use crate::clock::Limit;
use crate::clock::blocking;

/// A sink of lines of text.
///
/// Whoever writes copies a line into a buffer; a thread of its own writes the buffer out. When the buffer is full, writing
/// waits: a reader that does not keep up slows the pipelines that print to it, and nothing is lost. When the reader is gone,
/// lines are dropped, and the log says so once. When writing fails for another reason, such as a full disk, the lines at hand
/// are lost and counted, later ones are tried again, and the log says when it begins and when it ends.
///
/// One that is made while a [`Driver`](crate::testing::Driver) builds its pipelines writes nothing: the driver records
/// its lines.
#[derive(Clone, Debug)]
pub struct Lines(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Written(Arc<Shared>),
    /// Recorded under this name.
    Recorded(Arc<str>),
}

#[derive(Debug)]
struct Shared {
    name: String,
    state: Mutex<State>,
    /// Is told when the buffer has content.
    work: Condvar,
    /// Is told when the buffer was taken, and when it was written.
    room: Condvar,
}

#[derive(Debug, Default)]
struct State {
    buffer: Vec<u8>,
    /// How many bytes were taken out of the buffer and are not written.
    writing: usize,
    gone: bool,
    /// Why it is gone, or else what went wrong last.
    error: Option<io::ErrorKind>,
    /// How many lines could not be written, though somebody may want them.
    lost: u64,
}

/// How many bytes wait at most, give or take one line.
const LIMIT: usize = 8 << 20;

/// What the sink of the standard output is called.
const STANDARD_OUTPUT: &str = "stdout";

static STDOUT: LazyLock<Lines> = LazyLock::new(|| match MUTE.load(Ordering::Relaxed) {
    true => Lines::nowhere(),
    false => Lines::start(STANDARD_OUTPUT, io::stdout()),
});

static MUTE: AtomicBool = AtomicBool::new(false);

/// Has no pipeline that is built from now on print to the standard output; it takes effect before the first is.
pub fn mute_stdout() {
    MUTE.store(true, Ordering::Relaxed);
}

impl Lines {
    /// Returns the sink of the process's standard output.
    pub fn stdout() -> Lines {
        if recorder::is_driven() { Lines::recorded(STANDARD_OUTPUT) } else { STDOUT.clone() }
    }

    fn recorded(name: &str) -> Lines {
        Lines(Kind::Recorded(name.into()))
    }

    /// Returns a sink that drops its lines.
    fn nowhere() -> Lines {
        let state = State { gone: true, ..State::default() };
        Lines(Kind::Written(Arc::new(Shared { state: Mutex::new(state), ..Shared::new("nowhere") })))
    }

    /// Starts a sink that writes to `target`.
    pub fn start(name: &str, target: impl Write + Send + 'static) -> Lines {
        if recorder::is_driven() {
            return Lines::recorded(name);
        }
        let shared = Arc::new(Shared::new(name));
        let worker = Arc::clone(&shared);
        let started = thread::Builder::new().name(format!("sink {name}")).spawn(move || worker.write_out(target));
        if let Err(error) = started {
            tracing::error!("cannot start the thread of sink {name}, its lines are dropped: {error}");
            shared.lock().gone = true;
        }
        Lines(Kind::Written(shared))
    }

    /// Appends a line, which `write` writes without the line break.
    pub fn line(&self, write: impl FnOnce(&mut Vec<u8>)) {
        let shared = match &self.0 {
            Kind::Written(shared) => shared,
            Kind::Recorded(name) => return recorder::record_line(name, write),
        };
        let mut state = shared.lock_with_room();
        if state.gone {
            return;
        }
        let was_empty = state.buffer.is_empty();
        let mut line = Line { start: state.buffer.len(), buffer: &mut state.buffer };
        write(line.buffer);
        line.buffer.push(b'\n');
        line.start = line.buffer.len();
        drop(line);
        drop(state);
        if was_empty {
            shared.work.notify_one();
        }
    }

    /// Returns how many lines were lost because they could not be written, and why the last of them was.
    fn lost(&self) -> Option<(u64, io::ErrorKind)> {
        let Kind::Written(shared) = &self.0 else { return None };
        let state = shared.lock();
        state.error.filter(|_| state.lost > 0).map(|error| (state.lost, error))
    }

    /// Waits until everything is written, for `limit` at most; returns how many bytes were left.
    pub fn flush(&self, limit: Duration) -> usize {
        let Kind::Written(shared) = &self.0 else { return 0 };
        let limit = Limit::after(limit);
        let mut state = shared.lock();
        while !state.gone && state.left() > 0 {
            let left = limit.left();
            if left.is_zero() {
                return state.left();
            }
            state = shared.room.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        0
    }
}

/// Has a drain flush the standard output, if any pipeline uses it.
pub(crate) fn include_stdout(sinks: &Sinks) {
    if let Some(lines) = LazyLock::get(&STDOUT) {
        sinks.get(STANDARD_OUTPUT, || lines.clone());
    }
}

/// Waits until the standard output, if any pipeline uses it, is written; returns how many bytes were left after `limit`.
pub fn flush_stdout(limit: Duration) -> usize {
    LazyLock::get(&STDOUT).map_or(0, |lines| lines.flush(limit))
}

/// Returns whether the standard output, if any pipeline uses it, has nobody who reads it any more, which is their right; what is
/// printed is dropped then.
pub fn stdout_gone() -> bool {
    match LazyLock::get(&STDOUT).map(|lines| &lines.0) {
        Some(Kind::Written(shared)) => shared.lock().gone,
        Some(Kind::Recorded(_)) | None => false,
    }
}

/// Returns how many lines for the standard output were lost because it could not be written, and why the last of them was.
pub fn stdout_lost() -> Option<(u64, io::ErrorKind)> {
    LazyLock::get(&STDOUT)?.lost()
}

impl State {
    /// Returns how many bytes are not written.
    fn left(&self) -> usize {
        self.writing + self.buffer.len()
    }
}

/// A line that is being written into the buffer; taken out again when whoever writes it panics.
struct Line<'b> {
    buffer: &'b mut Vec<u8>,
    start: usize,
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.buffer.truncate(self.start);
    }
}

impl Sink for Lines {
    fn flush(&self, limit: Duration) -> Option<String> {
        let left = Lines::flush(self, limit);
        let Kind::Written(shared) = &self.0 else { return None };
        let name = if shared.name == STANDARD_OUTPUT { "the standard output" } else { &shared.name };
        (left > 0).then(|| format!("{left} bytes for {name}"))
    }
}

/// Records a line that a sink of that name was given, in the place of the sink: while a [`Driver`](crate::testing::Driver) is at work,
/// whose [`lines`](crate::testing::Driver::lines) are these; otherwise nothing happens.
pub fn record(name: &str, write: impl FnOnce(&mut Vec<u8>)) {
    recorder::record_line(name, write);
}

impl Shared {
    fn new(name: &str) -> Shared {
        Shared { name: name.to_owned(), state: Mutex::default(), work: Condvar::new(), room: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A line that panicked half-way was taken out again.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, where that must be, until the buffer has room for a line.
    fn lock_with_room(&self) -> MutexGuard<'_, State> {
        let state = self.lock();
        if state.buffer.len() < LIMIT || state.gone {
            return state;
        }
        drop(state);
        blocking(|| self.wait_for_room())
    }

    fn wait_for_room(&self) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        while state.buffer.len() >= LIMIT && !state.gone {
            state = wait(&self.room, state);
        }
        state
    }

    fn write_out(&self, mut target: impl Write) {
        let name = &self.name;
        let mut taken = Vec::new();
        // The lines that were lost since one was written.
        let mut lost = 0;
        // Whether what was written last is a part of a line.
        let mut torn = false;
        loop {
            let mut state = self.lock();
            state.writing = 0;
            self.room.notify_all();
            while state.buffer.is_empty() {
                state = wait(&self.work, state);
            }
            std::mem::swap(&mut state.buffer, &mut taken);
            state.writing = taken.len();
            drop(state);
            self.room.notify_all();
            // What follows a part of a line must not be taken for its rest.
            let begin = usize::from(torn);
            if torn {
                taken.insert(0, b'\n');
            }
            let (written, error) = write_patiently(&mut target, &taken);
            let error = error.or_else(|| target.flush().err());
            torn = taken[..written].last().map_or(torn, |last| *last != b'\n');
            let left = taken[written.max(begin)..].iter().filter(|byte| **byte == b'\n').count() as u64;
            if written > 0 && lost > 0 {
                tracing::warn!("{name} can be written again; {lost} lines were lost");
                lost = 0;
            }
            if let Some(error) = error {
                let mut state = self.lock();
                state.error = Some(error.kind());
                if error.kind() == io::ErrorKind::BrokenPipe {
                    tracing::error!("cannot write to {name}, its lines are dropped from here on: {error}");
                    (state.gone, state.writing, state.buffer) = (true, 0, Vec::new());
                    self.room.notify_all();
                    return;
                }
                if lost == 0 {
                    tracing::error!("cannot write to {name}, lines are lost until it can be written again: {error}");
                }
                state.lost += left;
                lost += left;
            }
            taken.clear();
        }
    }
}

/// Writes everything, also to a pipe that another program has made non-blocking and does not empty at once; returns how much was
/// written, and what went wrong.
fn write_patiently(target: &mut impl Write, bytes: &[u8]) -> (usize, Option<io::Error>) {
    let mut written = 0;
    while written < bytes.len() {
        match target.write(&bytes[written..]) {
            Ok(0) => return (written, Some(io::ErrorKind::WriteZero.into())),
            Ok(more) => written += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // This thread has nothing else to do.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(10)),
            Err(error) => return (written, Some(error)),
        }
    }
    (written, None)
}

fn wait<'m>(condvar: &Condvar, guard: MutexGuard<'m, State>) -> MutexGuard<'m, State> {
    condvar.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    struct Channel(mpsc::Sender<Vec<u8>>);

    impl Write for Channel {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_come_out_in_order() {
        let (sender, receiver) = mpsc::channel();
        let lines = Lines::start("test", Channel(sender));
        for number in 0..100 {
            lines.line(|out| out.extend_from_slice(format!("{number}").as_bytes()));
        }
        assert_eq!(lines.flush(Duration::from_secs(60)), 0);
        let written: Vec<u8> = receiver.try_iter().flatten().collect();
        let expected: String = (0..100).map(|number| format!("{number}\n")).collect();
        assert_eq!(String::from_utf8_lossy(&written), expected);
    }

    #[test]
    fn a_reader_that_is_gone_blocks_nobody() {
        let (sender, receiver) = mpsc::channel();
        drop(receiver);
        let lines = Lines::start("test", Channel(sender));
        let long = vec![b'x'; LIMIT];
        for _ in 0..3 {
            lines.line(|out| out.extend_from_slice(&long));
        }
        assert_eq!(lines.flush(Duration::from_secs(60)), 0);
    }

    #[test]
    fn a_pipe_that_does_not_block_is_asked_again() {
        /// Takes a byte at every other try.
        struct Reluctant(mpsc::Sender<u8>, bool);
        impl Write for Reluctant {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.1 = !self.1;
                match self.1 {
                    true => Err(io::ErrorKind::WouldBlock.into()),
                    false => self.0.send(bytes[0]).map(|()| 1).map_err(|_| io::ErrorKind::BrokenPipe.into()),
                }
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (sender, receiver) = mpsc::channel();
        let lines = Lines::start("test", Reluctant(sender, false));
        lines.line(|out| out.extend_from_slice(b"abc"));
        assert_eq!(lines.flush(Duration::from_secs(60)), 0);
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), b"abc\n");
    }

    #[test]
    fn a_full_disk_costs_the_lines_at_hand_and_no_others() {
        /// Takes so many bytes more.
        struct Disk(Arc<Mutex<(usize, Vec<u8>)>>);
        impl Write for Disk {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let (free, content) = &mut *self.0.lock().unwrap();
                let len = bytes.len().min(*free);
                if len == 0 {
                    return Err(io::ErrorKind::StorageFull.into());
                }
                *free -= len;
                content.extend_from_slice(&bytes[..len]);
                Ok(len)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let disk = Arc::new(Mutex::new((6, Vec::new())));
        let lines = Lines::start("test", Disk(Arc::clone(&disk)));
        for line in ["one", "two", "three"] {
            assert_eq!(lines.lost().map_or(0, |(lost, _)| lost), u64::from(line == "three"));
            lines.line(|out| out.extend_from_slice(line.as_bytes()));
            assert_eq!(lines.flush(Duration::from_secs(60)), 0);
        }
        assert_eq!(lines.lost(), Some((2, io::ErrorKind::StorageFull)));
        disk.lock().unwrap().0 = 100;
        lines.line(|out| out.extend_from_slice(b"four"));
        assert_eq!(lines.flush(Duration::from_secs(60)), 0);
        assert_eq!(String::from_utf8_lossy(&disk.lock().unwrap().1), "one\ntw\nfour\n");
        assert_eq!(lines.lost(), Some((2, io::ErrorKind::StorageFull)), "what is lost is lost");
    }

    #[test]
    fn what_is_being_written_counts_as_left() {
        /// Takes all, when it is let.
        struct Stuck(mpsc::Sender<()>, mpsc::Receiver<()>);
        impl Write for Stuck {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let _ = self.0.send(());
                let _ = self.1.recv();
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let ((entered, entering), (open, opened)) = (mpsc::channel(), mpsc::channel());
        let lines = Lines::start("test", Stuck(entered, opened));
        lines.line(|out| out.extend_from_slice(b"four"));
        assert!(entering.recv().is_ok());
        assert_eq!(lines.flush(Duration::ZERO), 5);
        drop(open);
        assert_eq!(lines.flush(Duration::MAX), 0);
    }

    #[test]
    fn a_line_that_panics_half_way_leaves_no_trace() {
        let (sender, receiver) = mpsc::channel();
        let lines = Lines::start("test", Channel(sender));
        let broken = crate::model::panics::catch(|| {
            lines.line(|out| {
                out.push(b'x');
                panic!("half-way");
            });
        });
        assert!(broken.is_err());
        lines.line(|out| out.push(b'y'));
        assert_eq!(lines.flush(Duration::from_secs(60)), 0);
        assert_eq!(receiver.try_iter().flatten().collect::<Vec<u8>>(), b"y\n");
    }
}
