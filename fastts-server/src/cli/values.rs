//! Durations and sizes as people write them.

use std::time::Duration;

use fastts_core::Metric;
use tracing_subscriber::EnvFilter;

/// Reads `10s`, `250ms`, `1.5m`, `2h`, `1d`; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let seconds = match unit {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return Err("write a number with a unit: 250ms, 10s, 5m, 2h or 1d".to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| "write a number with a unit: 250ms, 10s, 5m, 2h or 1d".to_owned())?;
    // A hundred years are for ever, and no clock overflows on the way there.
    match number * seconds {
        long @ 0.0..=3.2e9 => Ok(Duration::from_secs_f64(long)),
        _ => Err("a time lies between 0 and 100 years".to_owned()),
    }
}

/// Reads a duration that is not nothing.
pub(super) fn some_time(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("this must take some time".to_owned()),
        time => Ok(time),
    }
}

/// Reads how often something happens: never, for `off`.
pub(super) fn interval(text: &str) -> Result<Option<Duration>, String> {
    match text {
        "off" => Ok(None),
        text => some_time(text).map(Some).map_err(|reason| format!("{reason}; or off")),
    }
}

/// Where something listens, if it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere.
    Off,
    /// At an address.
    At(String),
}

/// Reads an address, or `off`.
pub(super) fn place(text: &str, address: impl Fn(&str) -> Result<String, String>) -> Result<Place, String> {
    match text {
        "off" => Ok(Place::Off),
        text => address(text).map(Place::At).map_err(|reason| format!("{reason}; or off")),
    }
}

/// Reads `64KiB`, `16MiB`, `1GiB`, `5MB`; a bare number is bytes.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let (number, unit) = split(text);
    let unit: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kib" | "k" => 1 << 10,
        "mib" | "m" => 1 << 20,
        "gib" | "g" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err("write a number with a unit: 64KiB, 16MiB or 1GiB".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "write a whole number with a unit: 64KiB, 16MiB or 1GiB".to_owned())?;
    number.checked_mul(unit).and_then(|bytes| usize::try_from(bytes).ok()).ok_or_else(|| "this is more than a machine has".to_owned())
}

/// Reads a size that is not nothing.
pub(super) fn some_size(text: &str) -> Result<usize, String> {
    match size(text)? {
        0 => Err("this must have at least 1 byte".to_owned()),
        bytes => Ok(bytes),
    }
}

/// Reads the size of a frame: what a length of four bytes can tell.
pub(super) fn frame_size(text: &str) -> Result<usize, String> {
    match size(text)? {
        0 => Err("a frame must be allowed at least 1 byte".to_owned()),
        bytes if u32::try_from(bytes).is_err() => Err("no frame can be longer than 4294967295 bytes".to_owned()),
        bytes => Ok(bytes),
    }
}

/// Reads for how many seconds an event holds.
pub(super) fn ttl(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=f32::MAX).contains(&seconds) => Ok(seconds),
        _ => Err("write a number of seconds that is not below 0, such as 60 or 0.5".to_owned()),
    }
}

/// Reads a metric: a whole number stays one, and the three that JSON has no number for are written as there.
pub(super) fn metric(text: &str) -> Result<Metric, String> {
    const NOT_FINITE: [(&str, f64); 3] = [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)];
    if let Ok(whole) = text.parse::<i64>() {
        return Ok(Metric::Int(whole));
    }
    if let Some((_, value)) = NOT_FINITE.iter().find(|(name, _)| *name == text) {
        return Ok(Metric::Float(*value));
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match text.parse::<f64>() {
        Ok(float) if float.is_finite() => Ok(Metric::Float(float)),
        Ok(_) if digits(text) => Err(format!("`{text}` is more than a number can be; write Infinity if that is meant")),
        _ => Err(format!("`{text}` is not a number; write 3, 2.5 or 1e6")),
    }
}

/// The levels of the log, in words and as numbers.
const LEVELS: [&str; 12] = ["off", "error", "warn", "info", "debug", "trace", "0", "1", "2", "3", "4", "5"];

/// Reads what to log: levels, and modules with levels.
pub(super) fn log(text: &str) -> Result<String, String> {
    let wanted = "write error, warn, info, debug, trace or off, or by module, such as info,fastts_core=debug";
    let mut pieces = text.split(',').filter(|piece| !piece.trim().is_empty()).peekable();
    if pieces.peek().is_none() {
        return Err(wanted.to_owned());
    }
    // A word alone would be a module, all of which is logged; a level that is spelled wrong is more likely.
    let unknown = |piece: &&str| piece.trim().chars().all(|c| c.is_alphanumeric()) && !LEVELS.contains(&&*piece.trim().to_lowercase());
    match pieces.find(unknown) {
        Some(piece) => Err(format!("there is no level `{}`; {wanted}", piece.trim())),
        None => EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| format!("{error}; {wanted}")),
    }
}

/// Reads a name with a value.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write name=value".to_owned()),
    }
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        let rows = [("10s", 10_000), ("250ms", 250), ("1.5m", 90_000), ("2 h", 7_200_000), ("1d", 86_400_000), ("3", 3_000), ("0", 0)];
        for (text, millis) in rows {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "s", "10 parsecs", "-1s", "1e9", "9999999d", "1.2.3s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_can_be_off_is_off_or_takes_some_time() {
        assert_eq!((interval("off"), interval("10s")), (Ok(None), Ok(Some(Duration::from_secs(10)))));
        assert!(interval("0s").is_err() && interval("on").is_err() && some_time("0").is_err());
    }

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [("16MiB", 16 << 20), ("64k", 64 << 10), ("1 GiB", 1 << 30), ("5MB", 5_000_000), ("7", 7)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MiB", "1.5MiB", "99999999999GiB", "1 potato"] {
            assert!(size(text).is_err(), "{text}");
        }
        assert!(frame_size("4GiB").is_err() && frame_size("0").is_err());
    }

    #[test]
    fn a_ttl_is_a_time_that_there_can_be() {
        assert_eq!((ttl("60"), ttl("0"), ttl("2.5")), (Ok(60.0), Ok(0.0), Ok(2.5)));
        for text in ["nan", "-5", "inf", "1e99", "", "1m"] {
            assert!(ttl(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_metric_is_a_number_that_there_is() {
        let rows = [("3", Metric::Int(3)), ("-3", Metric::Int(-3)), ("2.5", Metric::Float(2.5)), ("1e6", Metric::Float(1e6))];
        for (text, value) in rows {
            assert_eq!(metric(text), Ok(value), "{text}");
        }
        assert!(matches!(metric("99999999999999999999"), Ok(Metric::Float(value)) if value == 1e20));
        assert!(matches!((metric("-Infinity"), metric("NaN")), (Ok(Metric::Float(f64::NEG_INFINITY)), Ok(Metric::Float(_)))));
        for text in ["0x10", "1e400", "-1e400", "inf", "nan", "infinity", "1_000", "", "many", "5s"] {
            assert!(metric(text).is_err(), "{text}");
        }
    }

    #[test]
    fn levels_of_the_log_are_known_ones() {
        for text in ["info", "WARN", "info,fastts_core=debug", "off", "fastts_core::runtime=trace", "info,", "fastts_core", "[span]=debug"]
        {
            assert_eq!(log(text).as_deref(), Ok(text));
        }
        for text in ["verbose", "info,loud", "fastts_core=loud", "info,[=", "", ","] {
            assert!(log(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pairs_may_have_more_equals_signs() {
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(pair("=b").is_err() && pair("b").is_err());
    }
}
