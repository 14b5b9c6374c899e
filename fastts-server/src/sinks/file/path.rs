//! Paths that are formats of time.

use std::collections::HashMap;
use std::sync::Arc;

use fastts_core::Time;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// How many paths are kept. One more, and all are forgotten: they are made again.
const KEPT: usize = 1_000;

/// The paths that were made, so that the same one is not made for every line.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    zone: TimeZone,
    made: HashMap<Box<str>, (i64, Arc<str>)>,
    last: Option<(Box<str>, i64, Arc<str>)>,
}

impl Default for Paths {
    fn default() -> Paths {
        Paths { zone: TimeZone::UTC, made: HashMap::new(), last: None }
    }
}

impl Paths {
    /// Sets the zone, by its name.
    pub(super) fn set_zone(&mut self, name: &str) -> Result<(), jiff::Error> {
        self.zone = TimeZone::get(name)?;
        Ok(())
    }

    /// Returns the path that a format gives at a time.
    #[inline]
    pub(super) fn at(&mut self, format: &str, now: Time) -> Arc<str> {
        let second = now.as_micros().div_euclid(1_000_000);
        match &self.last {
            Some((last, then, path)) if *then == second && **last == *format => Arc::clone(path),
            _ => self.made(format, second),
        }
    }

    fn made(&mut self, format: &str, second: i64) -> Arc<str> {
        let path = match self.made.get(format) {
            Some((then, path)) if *then == second => Arc::clone(path),
            known => {
                let written = written(format, second, &self.zone);
                let path = match known {
                    // Most paths name a day, and there are many seconds in it.
                    Some((_, path)) if **path == *written => Arc::clone(path),
                    _ => written.into(),
                };
                if self.made.len() >= KEPT && known.is_none() {
                    self.made.clear();
                }
                match self.made.get_mut(format) {
                    Some(made) => *made = (second, Arc::clone(&path)),
                    None => drop(self.made.insert(format.into(), (second, Arc::clone(&path)))),
                }
                path
            }
        };
        match &mut self.last {
            Some((last, then, kept)) if **last == *format => (*then, *kept) = (second, Arc::clone(&path)),
            last => *last = Some((format.into(), second, Arc::clone(&path))),
        }
        path
    }
}

fn written(format: &str, second: i64, zone: &TimeZone) -> String {
    if !format.contains('%') {
        return format.to_owned();
    }
    let time = Timestamp::from_second(second).unwrap_or(if second < 0 { Timestamp::MIN } else { Timestamp::MAX });
    // It was looked at when the stage was made, and no value adds to it.
    strtime::format(format, &Zoned::new(time, zone.clone())).unwrap_or_else(|_| format.to_owned())
}

/// Looks at a path that is a format of time.
///
/// # Errors
/// What it begins that strftime does not know.
pub(super) fn check(path: &str) -> Result<(), String> {
    if path.is_empty() {
        return Err("it is empty".to_owned());
    }
    let epoch = Zoned::new(Timestamp::UNIX_EPOCH, TimeZone::UTC);
    strtime::format(path, &epoch).map(drop).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_that_of_its_time_in_its_zone() {
        let mut paths = Paths::default();
        let at = |seconds| Time::from_secs(seconds);
        assert_eq!(&*paths.at("/a/%Y-%m-%d.log", at(0)), "/a/1970-01-01.log");
        assert_eq!(&*paths.at("/a/%Y-%m-%d.log", at(86_399)), "/a/1970-01-01.log");
        assert_eq!(&*paths.at("/a/%Y-%m-%d.log", at(86_400)), "/a/1970-01-02.log");
        assert_eq!(&*paths.at("/a/100%%.log", at(86_400)), "/a/100%.log");
        assert_eq!(&*paths.at("/a/%Y", Time::MAX), "/a/9999");
        paths = Paths::default();
        paths.set_zone("Europe/Berlin").unwrap();
        assert_eq!(&*paths.at("/a/%d %H", at(86_399)), "/a/02 00");
        assert!(paths.set_zone("Middle/Earth").is_err());
    }

    #[test]
    fn a_path_is_made_once_a_second_and_not_kept_without_end() {
        let mut paths = Paths::default();
        let first = paths.at("%Y", Time::EPOCH);
        assert!(Arc::ptr_eq(&first, &paths.at("%Y", Time::from_micros(999_999))));
        assert!(Arc::ptr_eq(&first, &paths.at("%Y", Time::from_secs(5))), "it is the same path");
        for number in 0..10 * KEPT {
            paths.at(&number.to_string(), Time::EPOCH);
        }
        assert!(paths.made.len() <= KEPT);
    }

    #[test]
    fn a_format_that_is_none_is_told() {
        assert_eq!(check("/var/log/{host}/%Y-%m-%dT%H.log"), Ok(()));
        assert!(check("/var/log/100%").is_err() && check("/var/log/%!").is_err() && check("").is_err());
    }
}
