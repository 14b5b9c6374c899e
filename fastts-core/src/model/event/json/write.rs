//! Writes an event as JSON.

use crate::model::event::view::EventView;
use crate::model::metric::Metric;

use super::NOT_FINITE;

/// Appends an event, changes applied, as one line of JSON without a line break.
///
/// See the event JSON in the guide: fields that are missing are left out, and a metric or ttl that is not finite is written as
/// the text `"NaN"`, `"Infinity"` or `"-Infinity"`. The time is RFC 3339 in UTC, exact to the microsecond; the years before 0 and
/// after 9999, which that cannot tell, have a sign and six digits.
pub fn write_json(event: EventView<'_>, out: &mut Vec<u8>) {
    let mut object = Object { out, empty: true };
    object.out.push(b'{');
    if let Some(time) = event.time() {
        let out = object.key("time");
        out.push(b'"');
        time.put(out);
        out.push(b'"');
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
