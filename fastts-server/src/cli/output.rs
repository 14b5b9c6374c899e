//! What commands say.

use std::fmt::Display;
use std::io::{self, IoSlice, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;

use fastts_core::sink::SinkStats;
use unicode_width::UnicodeWidthStr;

/// Prints to the standard output. A reader that has gone, as `head` does, is no failure.
pub(super) fn print(text: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(format!("cannot write to the standard output: {error}")),
        _ => ExitCode::SUCCESS,
    }
}

/// Prints something after which more may come. When it cannot be printed that was told, or is nobody's fault: the exit status says which.
pub(super) fn print_on(text: &str) -> Result<(), ExitCode> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ExitCode::SUCCESS),
        Err(error) => Err(fail(format!("cannot write to the standard output: {error}"))),
    }
}

/// Prints text with colours, which are left out where they are not wanted: into a file, or with `NO_COLOR`.
pub(super) fn print_styled(text: &str) -> ExitCode {
    match anstream::AutoStream::choice(&io::stdout()) {
        anstream::ColorChoice::Never => print(&anstream::adapter::strip_str(text).to_string()),
        _ => print(text),
    }
}

/// Says text with colours on stderr, which are left out where they are not wanted.
pub(super) fn say_styled(text: &str) {
    match anstream::AutoStream::choice(&io::stderr()) {
        anstream::ColorChoice::Never => say(anstream::adapter::strip_str(text)),
        _ => say(text),
    }
}

/// Why a command ends without having done what it should.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// What it was told cannot be understood, or does not go together.
    Misused(String),
    /// It could not be done.
    Failed(String),
}

impl From<String> for Fault {
    fn from(reason: String) -> Fault {
        Fault::Failed(reason)
    }
}

impl Fault {
    /// Says it on stderr, and returns the exit status.
    pub(super) fn tell(self) -> ExitCode {
        match self {
            Fault::Misused(reason) => misused(reason),
            Fault::Failed(reason) => fail(reason),
        }
    }
}

/// Says something on stderr, in one piece: what else is written there must not come between.
pub(super) fn say(text: impl Display) {
    let text = text.to_string();
    let mut parts = [IoSlice::new(text.as_bytes()), IoSlice::new(b"\n")];
    let mut rest = &mut parts[..];
    let mut stderr = io::stderr().lock();
    while !rest.is_empty() {
        match stderr.write_vectored(rest) {
            Ok(written) if written > 0 => IoSlice::advance_slices(&mut rest, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Nobody may be there to read it.
            _ => return,
        }
    }
}

/// Says on stderr that an argument cannot be understood, and returns the exit status 2.
pub(super) fn misused(reason: impl Display) -> ExitCode {
    fail(reason);
    ExitCode::from(2)
}

/// Says on stderr what went wrong, and returns the exit status 1.
pub(super) fn fail(reason: impl Display) -> ExitCode {
    say(format_args!("error: {reason}"));
    ExitCode::FAILURE
}

/// Says on stderr what is not as it should be, and does not keep anything from going on.
pub(super) fn warn(text: impl Display) {
    say(format_args!("warning: {text}"));
}

/// Warns when everybody on this machine can read a file with a secret in it, such as `the token`.
pub(super) fn warn_of_readers(file: &Path, secret: &str) {
    if is_readable_by_all(file) {
        warn(format!("everybody on this machine can read {secret} in {0}; say `chmod o-r {0}`", file.display()));
    }
}

/// Returns whether everybody on this machine can read a file.
pub(super) fn is_readable_by_all(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

/// Pads a text to a width in columns of a terminal: some characters take two, some none.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// Says how many lines that pipelines printed are lost, and why.
pub(super) fn lost(stdout: &SinkStats) -> String {
    let SinkStats { refused, reason, .. } = stdout;
    let reason = reason.as_deref().unwrap_or("for a reason that is not known");
    format!("{refused} lines are lost, the standard output could not be written: {reason}")
}

/// Returns how this program was called, to be pasted into a shell: with arguments behind it.
pub(super) fn program() -> String {
    let path = std::env::args().next().unwrap_or_else(|| "fastts".to_owned());
    let is_test = Path::new(&path).parent().is_some_and(|folder| folder.ends_with("deps"));
    match std::env::var("CARGO_PKG_NAME").ok().filter(|_| std::env::var_os("CARGO_MANIFEST_DIR").is_some() && !is_test) {
        // A program that links a shared library finds it only where cargo runs it.
        Some(package) => by_cargo(&path, &package),
        None => quoted(&path),
    }
}

/// Returns how cargo runs a program of a package.
fn by_cargo(path: &str, package: &str) -> String {
    let path = Path::new(path);
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let folders: Vec<_> = path.iter().map(|folder| folder.to_string_lossy()).collect();
    let mut words = vec!["cargo run".to_owned()];
    if folders.iter().any(|folder| folder == "release") {
        words.push("--release".to_owned());
    }
    words.push(format!("-p {}", quoted(package)));
    match folders.iter().any(|folder| folder == "examples") {
        true => words.push(format!("--example {}", quoted(&name))),
        false if name != package => words.push(format!("--bin {}", quoted(&name))),
        false => {}
    }
    words.push("--".to_owned());
    words.join(" ")
}

/// Returns a text as a word for a shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_cargo_is_called_through_cargo() {
        let rows = [
            ("target/debug/alerts", "alerts", "cargo run -p alerts --"),
            ("/w/target/release/alerts", "alerts", "cargo run --release -p alerts --"),
            ("target/debug/other", "alerts", "cargo run -p alerts --bin other --"),
            ("target/debug/examples/demo", "alerts", "cargo run -p alerts --example demo --"),
        ];
        for (path, package, wanted) in rows {
            assert_eq!(by_cargo(path, package), wanted);
        }
        assert_eq!((quoted("./a b"), quoted("it's")), ("'./a b'".to_owned(), "'it'\\''s'".to_owned()));
    }

    #[test]
    fn columns_are_those_of_a_terminal() {
        assert_eq!((padded("日本", 6), padded("abc", 2)), ("日本  ".to_owned(), "abc".to_owned()));
    }
}
