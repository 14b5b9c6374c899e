//! Writes an event as JSON.

use crate::model::event::view::EventView;
use crate::model::metric::Metric;
use crate::model::time::Time;

use super::NOT_FINITE;

/// Appends an event, changes applied, as one line of JSON without a line break.
///
/// See the event JSON in the guide: fields that are missing are left out, and a metric or ttl that is not finite is written as
/// the text `"NaN"`, `"Infinity"` or `"-Infinity"`. The time is RFC 3339 in UTC, exact to the microsecond; outside of the
/// years 0 to 9999, which that can tell, it is a number of seconds, which is refused when it is read. An attribute that was sent twice is written twice, in
/// order: whoever reads it takes the last.
pub fn write_json(event: EventView<'_>, out: &mut Vec<u8>) {
    let mut object = Object { out, empty: true };
    object.out.push(b'{');
    if let Some(time) = event.time() {
        put_time(object.key("time"), time);
    }
    for (name, text) in
        [("host", event.host()), ("service", event.service()), ("state", event.state()), ("description", event.description())]
    {
        if let Some(text) = text {
            put_text(object.key(name), text);
        }
    }
    match event.metric() {
        Metric::Missing => {}
        Metric::Int(value) => put_int(object.key("metric"), value),
        Metric::Float(value) => put_float(object.key("metric"), value),
    }
    if let Some(ttl) = event.ttl() {
        put_float(object.key("ttl"), ttl);
    }
    let mut tags = event.tags();
    if let Some(first) = tags.next() {
        let out = object.key("tags");
        out.push(b'[');
        put_text(out, first);
        for tag in tags {
            out.push(b',');
            put_text(out, tag);
        }
        out.push(b']');
    }
    let mut attributes = event.attributes().peekable();
    if attributes.peek().is_some() {
        let mut inner = Object { out: object.key("attributes"), empty: true };
        inner.out.push(b'{');
        for (key, value) in attributes {
            put_text(inner.key(key), value);
        }
        inner.out.push(b'}');
    }
    object.out.push(b'}');
}

/// An object that is being written.
struct Object<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

impl Object<'_> {
    /// Appends a key; its value comes next.
    fn key(&mut self, key: &str) -> &mut Vec<u8> {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        put_text(self.out, key);
        self.out.push(b':');
        self.out
    }
}

/// What stands behind the backslash for a byte; `u` for its number, zero for a byte that stands for itself.
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = b'u';
        byte += 1;
    }
    table[b'\n' as usize] = b'n';
    table[b'\r' as usize] = b'r';
    table[b'\t' as usize] = b't';
    table[0x08] = b'b';
    table[0x0c] = b'f';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| ESCAPES[usize::from(byte)] != 0) {
        let (byte, escape) = (rest[at], ESCAPES[usize::from(rest[at])]);
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(&[b'\\', escape]);
        if escape == b'u' {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            out.extend_from_slice(&[b'0', b'0', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn put_int(out: &mut Vec<u8>, value: i64) {
    // Writing a number into memory cannot fail.
    let _ = serde_json::to_writer(out, &value);
}

fn put_float(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        // As above.
        let _ = serde_json::to_writer(out, &value);
        return;
    }
    let text = NOT_FINITE.iter().find(|(_, other)| other.total_cmp(&value).is_eq());
    put_text(out, text.map_or("NaN", |(text, _)| text));
}

/// Appends a time: RFC 3339 with as many digits of a second as it has.
fn put_time(out: &mut Vec<u8>, time: Time) {
    const DAY: i64 = 86_400;
    let micros = time.as_micros();
    let (seconds, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let (year, month, day) = date(seconds.div_euclid(DAY));
    if !(0..=9999).contains(&year) {
        return put_seconds(out, micros);
    }
    let second = seconds.rem_euclid(DAY);
    let digit = |value: i64, place: i64| b'0' + (value / place % 10) as u8;
    out.push(b'"');
    out.extend_from_slice(&[1000, 100, 10, 1].map(|place| digit(year, place)));
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
    out.extend_from_slice(b"Z\"");
}

/// Appends a time as seconds, exactly.
fn put_seconds(out: &mut Vec<u8>, micros: i64) {
    if micros < 0 {
        out.push(b'-');
    }
    let micros = micros.unsigned_abs();
    let _ = serde_json::to_writer(&mut *out, &(micros / 1_000_000));
    if !micros.is_multiple_of(1_000_000) {
        out.extend_from_slice(format!(".{:06}", micros % 1_000_000).as_bytes());
    }
}

/// Returns year, month and day of a day counted from the epoch, in the Gregorian calendar.
///
/// Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day is their last.
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_jiff_writes_them() {
        let day = 86_400_000_000;
        for micros in (-719_528 * day..2_932_896 * day).step_by(86_399_999_999 * 31) {
            for micros in [micros, micros - micros % 1_000_000, micros - micros % 1_000 * 1_000] {
                let mut out = Vec::new();
                put_time(&mut out, Time::from_micros(micros));
                assert_eq!(String::from_utf8(out).unwrap(), format!("\"{}\"", Time::from_micros(micros)));
            }
        }
    }

    #[test]
    fn times_that_rfc_3339_cannot_tell_are_seconds() {
        for (micros, text) in [
            (i64::MAX, "9223372036854.775807"),
            (i64::MIN, "-9223372036854.775808"),
            (-62_167_219_200_000_001, "-62167219200.000001"),
            (253_402_300_800_000_000, "253402300800"),
        ] {
            let mut out = Vec::new();
            put_time(&mut out, Time::from_micros(micros));
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }
}
