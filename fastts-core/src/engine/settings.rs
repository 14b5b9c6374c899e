//! What a router takes from its surroundings: `env("NAME")`, `env_or("NAME", default)`, `secret("NAME")`.
//!
//! All that a router asks for is looked at before anything else of it is evaluated, so that all that is missing is told at once. A
//! router of which something is missing has no pipelines, and cannot be started.

use std::env::{self, VarError};
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::engine::router::{Builder, Router};
use crate::model::secret::Secret;

/// What a variable of the environment can be read as.
#[diagnostic::on_unimplemented(
    message = "a variable of the environment cannot be read as `{Self}`",
    label = "expected a text, a number, a `bool`, a duration, an address or a path",
    note = "for a type of yours implement `fastts_core::Setting`"
)]
pub trait Setting: Sized {
    /// Reads the text of a variable, or says what it should be: "a number".
    ///
    /// # Errors
    /// When the text is no such value.
    fn read(text: &str) -> Result<Self, String>;
}

macro_rules! settings {
    ($($type:ty => $what:literal;)*) => {$(
        impl Setting for $type {
            fn read(text: &str) -> Result<$type, String> {
                text.trim().parse().map_err(|_| $what.to_owned())
            }
        }
    )*};
}
settings! {
    bool => "`true` or `false`";
    f32 => "a number";
    f64 => "a number";
    i8 => "a whole number from -128 to 127";
    i16 => "a whole number from -32768 to 32767";
    i32 => "a whole number";
    i64 => "a whole number";
    i128 => "a whole number";
    isize => "a whole number";
    u8 => "a whole number from 0 to 255";
    u16 => "a whole number from 0 to 65535";
    u32 => "a whole number of 0 or more";
    u64 => "a whole number of 0 or more";
    u128 => "a whole number of 0 or more";
    usize => "a whole number of 0 or more";
    SocketAddr => "an address with a port, such as `127.0.0.1:5555`";
    IpAddr => "an address, such as `127.0.0.1`";
}

impl Setting for String {
    fn read(text: &str) -> Result<String, String> {
        Ok(text.to_owned())
    }
}

impl Setting for PathBuf {
    fn read(text: &str) -> Result<PathBuf, String> {
        Ok(text.into())
    }
}

/// `250ms`, `5s`, `1m`, `2h`, `1d`, or a number of seconds.
impl Setting for Duration {
    fn read(text: &str) -> Result<Duration, String> {
        let text = text.trim();
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match &text[digits.len()..] {
            "ns" => 1e-9,
            "us" => 1e-6,
            "ms" => 1e-3,
            "" | "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86400.0,
            _ => f64::NAN,
        };
        let seconds = digits.trim_end().parse::<f64>().unwrap_or(f64::NAN) * unit;
        Duration::try_from_secs_f64(seconds).map_err(|_| "a duration such as `5s` or `250ms`".to_owned())
    }
}

/// What `env_or` takes in the place of a variable that is not set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in the place of a variable of the environment",
    label = "expected a text, a number, a `bool`, a duration, an address or a path"
)]
pub trait Otherwise {
    /// What the variable is read as.
    type Value: Setting;

    /// Returns the value.
    fn value(self) -> Self::Value;
}

impl<T: Setting> Otherwise for T {
    type Value = T;

    fn value(self) -> T {
        self
    }
}

impl Otherwise for &str {
    type Value = String;

    fn value(self) -> String {
        self.to_owned()
    }
}

/// Returns the value of a variable of the environment, which was looked at when the router was built.
///
/// # Panics
/// When it is not set, or is no such value.
#[track_caller]
#[allow(clippy::panic, reason = "the router was not built if it is missing")]
pub fn env<T: Setting>(name: &str) -> T {
    read(name).and_then(|text| text.ok_or_else(|| not_set(name))).unwrap_or_else(|problem| panic!("{problem}"))
}

/// Returns the value of a variable of the environment, or another one where it is not set.
///
/// # Panics
/// When it is no such value.
#[track_caller]
#[allow(clippy::panic, reason = "the router was not built if it is no such value")]
pub fn env_or<O: Otherwise>(name: &str, otherwise: O) -> O::Value {
    read(name).unwrap_or_else(|problem| panic!("{problem}")).unwrap_or_else(|| otherwise.value())
}

/// Returns a secret: the value of a variable of the environment, or what is in the file that the variable `NAME_FILE` names.
///
/// # Panics
/// When there is none.
#[track_caller]
#[allow(clippy::panic, reason = "the router was not built if it is missing")]
pub fn secret(name: &str) -> Secret {
    read_secret(name).unwrap_or_else(|problem| panic!("{problem}"))
}

fn not_set(name: &str) -> String {
    format!("the variable `{name}` is not set")
}

/// Reads the text of a variable; `None` when it is not set.
fn text(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("the variable `{name}` is not UTF-8")),
    }
}

fn read<T: Setting>(name: &str) -> Result<Option<T>, String> {
    let Some(text) = text(name)? else { return Ok(None) };
    T::read(&text).map(Some).map_err(|wanted| format!("the variable `{name}` is {text:?}, but has to be {wanted}"))
}

fn read_secret(name: &str) -> Result<Secret, String> {
    let file = format!("{name}_FILE");
    let secret = match (text(name)?, text(&file)?) {
        (Some(_), Some(_)) => return Err(format!("both `{name}` and `{file}` are set; keep one of the two")),
        (Some(text), None) => text,
        (None, Some(path)) => {
            let mut text =
                fs::read_to_string(&path).map_err(|error| format!("the file {path:?} that `{file}` names cannot be read: {error}"))?;
            let end = text.strip_suffix('\n').map_or(text.len(), |line| line.strip_suffix('\r').unwrap_or(line).len());
            text.truncate(end);
            text
        }
        (None, None) => return Err(format!("the secret `{name}` is not set; set `{name}`, or `{file}` to the path of a file with it")),
    };
    if secret.is_empty() {
        return Err(format!("the secret `{name}` is empty"));
    }
    Ok(Secret::new(secret))
}

/// Looks at all that a router takes from its surroundings, before anything else of it is evaluated; what the expansion of `router!`
/// calls.
#[derive(Debug, Default)]
pub struct Settings {
    problems: Vec<String>,
    warnings: Vec<String>,
}

impl Settings {
    /// Makes one that has looked at nothing.
    pub fn new() -> Settings {
        Settings::default()
    }

    /// Looks at a variable that has to be there.
    pub fn env<T: Setting>(&mut self, name: &str, place: &str) {
        match read::<T>(name) {
            Ok(Some(_)) => {}
            Ok(None) => self.problem(not_set(name), place),
            Err(problem) => self.problem(problem, place),
        }
    }

    /// Looks at a variable that need not be there; of the value in its place only the type matters.
    pub fn env_or<O: Otherwise>(&mut self, name: &str, place: &str, _otherwise: impl FnOnce() -> O) {
        if let Err(problem) = read::<O::Value>(name) {
            self.problem(problem, place);
        }
    }

    /// Looks at a variable that need not be there, of which only the type is known.
    pub fn env_unless<T: Setting>(&mut self, name: &str, place: &str) {
        if let Err(problem) = read::<T>(name) {
            self.problem(problem, place);
        }
    }

    /// Looks at a secret, and at who may read the file that it comes from.
    pub fn secret(&mut self, name: &str, place: &str) {
        match read_secret(name) {
            Ok(_) => {
                let file = env::var(format!("{name}_FILE")).ok().filter(|file| is_readable_by_all(file));
                self.warnings.extend(file.map(|file| {
                    format!("everybody on this machine can read the secret `{name}` in {file}; say `chmod o-r {file}` ({place})")
                }));
            }
            Err(problem) => self.problem(problem, place),
        }
    }

    fn problem(&mut self, problem: String, place: &str) {
        let problem = format!("{problem} ({place})");
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Returns the router that cannot be started, if something was missing.
    pub fn failed(&mut self) -> Option<Router> {
        (!self.problems.is_empty()).then(|| Builder::new().build().with_problems(std::mem::take(&mut self.problems)))
    }

    /// Begins the router, which tells what is not as it should be.
    pub fn builder(self) -> Builder {
        Builder::new().with_warnings(self.warnings)
    }
}

/// Tells whether everybody on this machine can read a file.
fn is_readable_by_all(file: &str) -> bool {
    #[cfg(unix)]
    return {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
    };
    #[cfg(not(unix))]
    return false;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_their_type() {
        assert_eq!(f64::read(" 0.5 "), Ok(0.5));
        assert_eq!(u16::read("70000"), Err("a whole number from 0 to 65535".to_owned()));
        assert_eq!(bool::read("true"), Ok(true));
        assert!(SocketAddr::read("localhost").is_err());
        assert_eq!(String::read(" as it is "), Ok(" as it is ".to_owned()));
        for (text, seconds) in [("5s", 5.0), ("250ms", 0.25), ("1.5m", 90.0), ("2h", 7200.0), ("1d", 86400.0), ("7", 7.0), ("3us", 3e-6)] {
            assert_eq!(Duration::read(text), Ok(Duration::from_secs_f64(seconds)), "{text}");
        }
        for text in ["", "s", "5x", "-1s", "1e400"] {
            assert_eq!(Duration::read(text), Err("a duration such as `5s` or `250ms`".to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_collected() {
        // cargo sets it
        assert!(!env::<String>("CARGO_PKG_NAME").is_empty());
        let mut settings = Settings::new();
        settings.env::<String>("CARGO_PKG_NAME", "here");
        assert!(settings.failed().is_none());
        let mut settings = Settings::new();
        settings.env::<u8>("FASTTS_NOT_SET", "src/main.rs:3");
        settings.env::<u8>("CARGO_PKG_NAME", "src/main.rs:4");
        settings.env_or("CARGO_PKG_NAME", "src/main.rs:5", || 1.5);
        settings.env_or("FASTTS_NOT_SET", "src/main.rs:6", || "x");
        settings.env_unless::<u8>("CARGO_PKG_NAME", "src/main.rs:8");
        settings.env_unless::<u8>("FASTTS_NOT_SET", "src/main.rs:9");
        settings.secret("FASTTS_NOT_SET", "src/main.rs:7");
        settings.secret("FASTTS_NOT_SET", "src/main.rs:7");
        let problems = settings.failed().unwrap().problems().to_vec();
        let wanted = [
            "the variable `FASTTS_NOT_SET` is not set (src/main.rs:3)",
            "the variable `CARGO_PKG_NAME` is \"fastts-core\", but has to be a whole number from 0 to 255 (src/main.rs:4)",
            "the variable `CARGO_PKG_NAME` is \"fastts-core\", but has to be a number (src/main.rs:5)",
            "the variable `CARGO_PKG_NAME` is \"fastts-core\", but has to be a whole number from 0 to 255 (src/main.rs:8)",
            "the secret `FASTTS_NOT_SET` is not set; set `FASTTS_NOT_SET`, or `FASTTS_NOT_SET_FILE` to the path of a file with it (src/main.rs:7)",
        ];
        assert_eq!(problems, wanted);
        assert_eq!(env_or("FASTTS_NOT_SET", "x"), "x");
        assert_eq!(env_or("FASTTS_NOT_SET", Duration::from_secs(3)), Duration::from_secs(3));
    }
}
