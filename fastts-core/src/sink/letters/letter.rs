//! A dead letter, and its line in a file.

use serde_json::{Value, json};

use crate::model::time::Time;

/// A record that a sink has given up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Letter {
    /// When it was given up.
    pub time: Time,
    /// The name of the sink.
    pub sink: String,
    /// Why.
    pub reason: String,
    /// What was not delivered: an event as JSON, or a text.
    pub content: String,
}

impl Letter {
    pub(crate) fn new(time: Time, sink: &str, reason: String, content: &[u8]) -> Letter {
        Letter { time, sink: sink.to_owned(), reason, content: String::from_utf8_lossy(content).into_owned() }
    }

    /// Returns true when what was not delivered is an event.
    pub fn is_event(&self) -> bool {
        self.content.starts_with('{') && serde_json::from_str::<Value>(&self.content).is_ok_and(|value| value.is_object())
    }

    /// Cuts off what is longer.
    pub(super) fn shorten(&mut self, bytes: usize) {
        if self.content.len() > bytes {
            self.content.truncate(self.content.floor_char_boundary(bytes));
            self.content.push('…');
        }
    }

    /// Appends it as a line of JSON: `{"time":…,"sink":…,"reason":…,"event":{…}}`, or with a `"text"` that is no event.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut head = json!({"time": self.time.to_string(), "sink": self.sink, "reason": self.reason}).to_string();
        // The content comes last, an event as it was written.
        head.pop();
        out.extend_from_slice(head.as_bytes());
        if self.is_event() {
            out.extend_from_slice(b",\"event\":");
            out.extend_from_slice(self.content.replace('\n', " ").as_bytes());
        } else {
            out.extend_from_slice(b",\"text\":");
            out.extend_from_slice(Value::from(&*self.content).to_string().as_bytes());
        }
        out.extend_from_slice(b"}\n");
    }

    /// Reads a line; `None` when it is none, as one that was torn when the power failed.
    pub fn read(line: &str) -> Option<Letter> {
        let value: Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| Some(value.get(key)?.as_str()?.to_owned());
        let content = match value.get("event") {
            Some(event) if event.is_object() => event.to_string(),
            _ => text("text")?,
        };
        Some(Letter { time: Time::parse(&text("time")?)?, sink: text("sink")?, reason: text("reason")?, content })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_a_line_that_can_be_read_again() {
        let time = Time::from_micros(1_700_000_000_123_456);
        for content in
            [r#"{"host":"a","metric":1.5,"service":"b \"c\""}"#, "a line\nand \"another\"\r\n", "", "[1,2]", "{no event", "\u{2028}"]
        {
            let letter = Letter::new(time, "forward a:1", "no answer: \"x\"\n".to_owned(), content.as_bytes());
            let mut line = Vec::new();
            letter.write(&mut line);
            assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1, "{content:?} takes one line");
            let line = String::from_utf8(line).unwrap();
            assert_eq!(Letter::read(&line), Some(letter), "{line}");
            for cut in (1..line.len() - 1).filter(|cut| line.is_char_boundary(*cut)) {
                assert_eq!(Letter::read(&line[..cut]), None, "a torn line: {}", &line[..cut]);
            }
        }
    }

    #[test]
    fn an_event_is_kept_as_one() {
        let rows = [(r#"{"host":"a"}"#, true), ("{}", true), ("[{}]", false), ("{", false), ("text", false)];
        for (content, event) in rows {
            assert_eq!(Letter::new(Time::EPOCH, "s", String::new(), content.as_bytes()).is_event(), event, "{content}");
        }
    }
}
