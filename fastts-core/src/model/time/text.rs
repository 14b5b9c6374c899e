//! Instants as text: RFC 3339 in UTC, and for the years that it cannot tell the form that ISO 8601 has for them, a sign and six digits.

use std::borrow::Cow;

use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;

use super::Time;

const DAY: i64 = 86_400;

/// After so many years, and so many days, the calendar is the same again.
const ERA_YEARS: i64 = 400;
const ERA_DAYS: i64 = 146_097;

/// Appends an instant, with as many digits of its second as it has.
pub(super) fn put(time: Time, out: &mut Vec<u8>) {
    let micros = time.as_micros();
    let (seconds, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let (year, month, day) = date(seconds.div_euclid(DAY));
    let second = seconds.rem_euclid(DAY);
    let digit = |value: i64, place: i64| b'0' + (value / place % 10) as u8;
    if !(0..=9999).contains(&year) {
        let sign = if year < 0 { b'-' } else { b'+' };
        out.extend_from_slice(&[sign, digit(year.abs(), 100_000), digit(year.abs(), 10_000)]);
    }
    out.extend_from_slice(&[1000, 100, 10, 1].map(|place| digit(year.abs(), place)));
    for (before, value) in [(b'-', month), (b'-', day), (b'T', second / 3600), (b':', second / 60 % 60), (b':', second % 60)] {
        out.extend_from_slice(&[before, digit(value, 10), digit(value, 1)]);
    }
    if fraction != 0 {
        out.push(b'.');
        let (mut rest, mut place) = (fraction, 100_000);
        while rest != 0 {
            out.push(digit(rest, place));
            rest %= place;
            place /= 10;
        }
    }
    out.push(b'Z');
}

/// Returns year, month and day of a day counted from the epoch, in the Gregorian calendar.
///
/// Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day is their last.
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(ERA_DAYS), day.rem_euclid(ERA_DAYS));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year + era * ERA_YEARS + i64::from(month <= 2);
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

/// Reads an instant with its offset from UTC; what is finer than a microsecond is cut off, and what is out of reach becomes the nearest
/// that is not. `None` for any other text.
pub(super) fn parse(text: &str) -> Option<Time> {
    let text = short_fraction(text);
    let (text, eras) = this_era(&text);
    let pieces = Pieces::parse(&*text).ok()?;
    let (time, offset) = (pieces.time()?, pieces.to_numeric_offset()?);
    // Not by way of a timestamp, which ends a day before the year 9999 does.
    let since = pieces.date().to_datetime(time).duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
    let since = (since - offset.duration_since(Offset::UTC)).as_nanos().div_euclid(1_000) + i128::from(eras * ERA_DAYS * DAY) * 1_000_000;
    Some(Time::from_micros(since.clamp(i64::MIN.into(), i64::MAX.into()) as i64))
}

/// Cuts a fraction of a second to what the calendar takes: RFC 3339 lets it have any number of digits.
fn short_fraction(text: &str) -> Cow<'_, str> {
    const NANOS: usize = 9;
    let Some(point) = text.find(['.', ',']) else { return text.into() };
    let digits = text[point + 1..].bytes().take_while(u8::is_ascii_digit).count();
    match digits {
        ..=NANOS => text.into(),
        _ => [&text[..=point + NANOS], &text[point + 1 + digits..]].concat().into(),
    }
}

/// Moves a year with a sign and six digits by whole eras to where the calendar reaches; returns by how many it was.
fn this_era(text: &str) -> (Cow<'_, str>, i64) {
    let year = text.starts_with(['+', '-']).then(|| text.get(1..7)).flatten();
    let year = year.filter(|year| year.bytes().all(|byte| byte.is_ascii_digit())).and_then(|_| text[..7].parse::<i64>().ok());
    match year {
        None => (text.into(), 0),
        Some(year) => (format!("{}{}", 2000 + year.rem_euclid(ERA_YEARS), &text[7..]).into(), (year - 2000).div_euclid(ERA_YEARS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(micros: i64) -> String {
        Time::from_micros(micros).to_string()
    }

    #[test]
    fn times_are_written_as_jiff_writes_them() {
        let day = 86_400_000_000;
        for micros in (-719_528 * day..2_932_896 * day).step_by(86_399_999_999 * 31) {
            for micros in [micros, micros - micros % 1_000_000, micros - micros % 1_000 * 1_000] {
                assert_eq!(written(micros), jiff::Timestamp::from_microsecond(micros).unwrap().to_string());
            }
        }
    }

    #[test]
    fn every_time_is_read_as_it_was_written() {
        let ends = [i64::MIN, i64::MIN + 1, -62_167_219_200_000_001, -62_167_219_200_000_000, -1, 0, 253_402_300_799_999_999];
        let more = [253_402_300_800_000_000, 1_795_957_145_000_000_000, i64::MAX - 1, i64::MAX];
        let many = (i64::MIN / 2..i64::MAX / 2).step_by(1 << 50);
        for micros in ends.into_iter().chain(more).chain(many) {
            assert_eq!(parse(&written(micros)), Some(Time::from_micros(micros)), "{}", written(micros));
        }
    }

    #[test]
    fn years_that_rfc_3339_cannot_tell_have_a_sign() {
        for (micros, text) in [
            (i64::MAX, "+294247-01-10T04:00:54.775807Z"),
            (i64::MIN, "-290308-12-21T19:59:05.224192Z"),
            (-62_167_219_200_000_001, "-000001-12-31T23:59:59.999999Z"),
            (253_402_300_800_000_000, "+010000-01-01T00:00:00Z"),
        ] {
            assert_eq!(written(micros), text);
        }
    }

    #[test]
    fn what_others_write_is_read() {
        let rows = [
            ("1970-01-01T00:00:01.5Z", Some(1_500_000)),
            ("1970-01-01t00:00:01z", Some(1_000_000)),
            ("1970-01-01T01:00:07+01:00", Some(7_000_000)),
            ("1970-01-01T00:00:00.123456789012Z", Some(123_456)),
            ("1969-12-31T23:59:59.9999999Z", Some(-1)),
            ("1970-01-01T00:00:00.1234567890123456789+00:00", Some(123_456)),
            ("0000-01-01T02:00:00+02:00", Some(-62_167_219_200_000_000)),
            ("9999-12-31T23:59:59.999999-00:00", Some(253_402_300_799_999_999)),
            ("+001970-01-01T00:00:00Z", Some(0)),
            ("+999999-01-01T00:00:00Z", Some(i64::MAX)),
            ("-999999-01-01T00:00:00Z", Some(i64::MIN)),
            ("10000-01-01T00:00:00Z", None),
            ("+10000-01-01T00:00:00Z", None),
            ("+058881-02-30T00:00:00Z", None),
            ("1970-01-01T00:00:00", None),
            ("1970-01-01", None),
            ("yesterday", None),
            ("+", None),
            ("", None),
        ];
        for (text, micros) in rows {
            assert_eq!(parse(text), micros.map(Time::from_micros), "{text}");
        }
    }
}
