//! `file`: lines of text into files.

mod path;
mod rotate;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use fastts_core::sink::{Options, Worker};
use fastts_core::{Context, Emit, Escape, Flow, Item, Pipe, Stage, TextBuffer, Then, ToJson, Wiring};

use super::{Body, Text};
use path::Paths;
pub use rotate::Rotate;
use writer::Writer;

/// Appends every item to a file, as a line, and passes it on: `file("/var/log/alerts/{host}-%Y-%m-%d.log")`.
///
/// Takes and emits events, windows and whatever else has JSON; holds nothing itself but the paths that it has made. The line is that JSON,
/// or the text of `line = "{host} {service} is {state}"`, in which a value writes no line of its own; it is copied into the queue of a
/// sink, which has a thread to write. In tests a [`Driver`](fastts_core::testing::Driver) keeps path, tab and line as those of the sink
/// `file PATH`, with the path as it is written in the router; in a replay nothing is written.
///
/// The path is a text with fields, and a [format of time](jiff::fmt::strtime) as strftime has it, of the time at which the item comes, in UTC
/// or in the `zone`. A value is one level of it: what a client sent cannot lead to another folder. Folders are made when they are missing.
/// A file that was moved away or removed, as logrotate does, is begun anew with the next lines, also without a SIGHUP.
///
/// When nothing can be written, as on a full disk, the log says why, it is tried again, and the lines are written when there is room; a
/// line that was written in part is taken back first. Lines are handed to the system, not forced to the disk.
///
/// It has the [options of every sink](fastts_core::sink::Options), but for `timeout`: nothing ends a write that hangs; and these:
///
/// | option | default | |
/// |---|---|---|
/// | `line` | the JSON | a text with fields |
/// | `zone` | UTC | the name of a time zone: `zone = "Europe/Berlin"` |
/// | `rotate` | never | [`Rotate::at(100_000_000).keep(5)`](Rotate): at so many bytes `x.log` becomes `x.log.1`, and that `x.log.2` |
/// | `overflow` | `Overflow::Block` | has the pipeline wait for a disk that is slow; while nothing can be written the oldest lines are dropped |
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "log" { file("/var/log/{host}/%Y.log", line = "{service} is {state}") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { time: 0, host: "web1", service: "a", state: "ok" }, event! { time: 0, host: "../etc", service: "b" }]);
/// let lines = driver.lines("file /var/log/{host}/%Y.log");
/// assert_eq!(lines, ["/var/log/web1/1970.log\ta is ok", "/var/log/_._etc/1970.log\tb is "]);
/// ```
///
/// # Panics
/// When the path has a `%` that begins nothing that strftime knows; such a sign itself is `%%`.
#[track_caller]
pub fn file<I: Item, E: ToJson, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    path: impl Into<PathBuf>,
    fields: impl for<'a> FnMut(E::View<'a>, &mut TextBuffer) + Clone + Send + 'static,
) -> Pipe<I, Then<S, File<E>>> {
    let path: PathBuf = path.into();
    let written = path.to_string_lossy();
    if let Err(reason) = path::check(&written) {
        panic!("file wants a path that is a format of time, not {written:?}: {reason}");
    }
    let options = Options::new().never_waits_for_the_absent();
    let stage = File {
        path: written.as_ref().into(),
        fields: Text::new(Escape::FilePath, fields),
        paths: Paths::default(),
        body: Body::Json,
        rotate: None,
        options,
        sink: Worker::nobody(),
    };
    flow.into_pipe().then(stage)
}

/// The stage of [`file()`].
#[derive(Debug)]
pub struct File<I: Item> {
    /// As it is written in the router.
    path: Arc<str>,
    fields: Text<I>,
    paths: Paths,
    body: Body<I>,
    rotate: Option<Rotate>,
    options: Options,
    sink: Worker<Writer>,
}

fastts_core::sink_options!(File<I> where I: Item);

/// Items need not be `Clone`.
impl<I: Item> Clone for File<I> {
    fn clone(&self) -> File<I> {
        let File { path, fields, paths, body, rotate, options, sink } = self;
        File {
            path: Arc::clone(path),
            fields: fields.clone(),
            paths: paths.clone(),
            body: body.clone(),
            rotate: *rotate,
            options: options.clone(),
            sink: sink.clone(),
        }
    }
}

impl<I: Item> File<I> {
    /// Sets what is written of an item.
    pub fn line(mut self, write: impl for<'a> FnMut(I::View<'a>, &mut TextBuffer) + Clone + Send + 'static) -> File<I> {
        self.body = Body::Text(Text::new(Escape::LogLine, write));
        self
    }

    /// Sets the time zone of the path, by its name: `Europe/Berlin`.
    ///
    /// # Panics
    /// When the system knows no such zone.
    #[track_caller]
    pub fn zone(mut self, name: &str) -> File<I> {
        if let Err(error) = self.paths.set_zone(name) {
            panic!("file knows no time zone {name:?}: {error}");
        }
        self
    }

    /// Sets at which size a file makes room for another.
    pub fn rotate(mut self, at: Rotate) -> File<I> {
        self.rotate = Some(at);
        self
    }
}

impl<I: ToJson> Stage<I> for File<I> {
    type Out = I;

    const WIRING: Wiring<I, File<I>> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let rotate = self.rotate;
        self.sink = cx.sinks().open(&format!("file {}", self.path), &self.options, move || Writer::new(rotate));
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let File { path, fields, paths, body, sink, .. } = self;
        let fields = fields.of(item);
        let path = paths.at(if fields.is_empty() { path } else { fields }, cx.wall());
        sink.push(cx.token(), path, |line| {
            body.put(item, line);
            line.push(b'\n');
        });
        out.emit(item, cx);
    }
}
