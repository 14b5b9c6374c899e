//! What commands say.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use fastts_core::sink::SinkStats;

/// Prints to the standard output. A reader that has gone, as `head` does, is no failure.
pub(super) fn print(text: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(format!("cannot write to the standard output: {error}")),
        _ => ExitCode::SUCCESS,
    }
}

/// Nobody reads what is printed any more.
pub(super) struct Gone;

/// Prints something after which more may come.
pub(super) fn print_on(text: &str) -> Result<(), Gone> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|_| Gone)
}

/// Prints text with colours, which are left out where they are not wanted: into a file, or with `NO_COLOR`.
pub(super) fn print_styled(text: &str) -> ExitCode {
    match anstream::AutoStream::choice(&io::stdout()) {
        anstream::ColorChoice::Never => print(&anstream::adapter::strip_str(text).to_string()),
        _ => print(text),
    }
}

/// Says on stderr that an argument cannot be understood, and returns the exit status 2.
pub(super) fn misused(reason: impl Display) -> ExitCode {
    fail(reason);
    ExitCode::from(2)
}

/// Says on stderr what went wrong, and returns the exit status 1.
pub(super) fn fail(reason: impl Display) -> ExitCode {
    // Nobody may be there to read it.
    let _ = writeln!(io::stderr(), "error: {reason}");
    ExitCode::FAILURE
}

/// Says on stderr what is not as it should be, and does not keep anything from going on.
pub(super) fn warn(text: impl Display) {
    // Nobody may be there to read it.
    let _ = writeln!(io::stderr(), "warning: {text}");
}

/// Says how many lines that pipelines printed are lost, and why.
pub(super) fn lost(stdout: &SinkStats) -> String {
    let SinkStats { refused, reason, .. } = stdout;
    let reason = reason.as_deref().unwrap_or("for a reason that is not known");
    format!("{refused} lines are lost, the standard output could not be written: {reason}")
}

/// Returns how this program was called, to be pasted into a shell.
pub(super) fn program() -> String {
    let path = std::env::args().next().unwrap_or_else(|| "fastts".to_owned());
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !path.is_empty() && path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
