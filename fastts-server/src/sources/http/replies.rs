//! What became of each event of a request: a line of JSON for each, `{}` or `{"error":"…"}`.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

const OK: &str = "{}\n";

/// How much is written at once.
const CHUNK: usize = 16 << 10;

/// The replies to the events of one request. A million events that were accepted are a number here: a client that is slow to read
/// its replies holds no more than the reasons.
#[derive(Debug, Default)]
pub(super) struct Replies {
    /// The reasons, each with how many events were accepted before it.
    errors: Vec<(u64, String)>,
    /// How many were accepted since.
    ok: u64,
    /// How many bytes they are.
    len: u64,
}

impl Replies {
    /// Adds that an event is fine.
    pub(super) fn ok(&mut self) {
        self.ok += 1;
        self.len += OK.len() as u64;
    }

    /// Adds why an event is not accepted, or a request as a whole.
    pub(super) fn error(&mut self, reason: &str) {
        let line = format!("{}\n", error(reason));
        self.len += line.len() as u64;
        self.errors.push((std::mem::take(&mut self.ok), line));
    }

    /// Returns how many there are.
    pub(super) fn errors(&self) -> usize {
        self.errors.len()
    }

    /// Returns them as one text, with `separator` between them.
    pub(super) fn join(self, separator: &str) -> String {
        let mut lines = Vec::new();
        for (ok, line) in &self.errors {
            lines.extend(std::iter::repeat_n("{}", *ok as usize));
            lines.push(line.trim_ascii_end());
        }
        lines.extend(std::iter::repeat_n("{}", self.ok as usize));
        lines.join(separator)
    }

    /// Returns them as the body of an answer.
    pub(super) fn into_body(self) -> RepliesBody {
        RepliesBody { errors: self.errors.into_iter(), line: None, ok: 0, end: self.ok, left: self.len }
    }
}

/// Returns a reason as JSON.
pub(super) fn error(reason: &str) -> String {
    // A text is always JSON.
    format!("{{\"error\":{}}}", serde_json::Value::from(reason))
}

/// Replies, written as they are read.
#[derive(Debug)]
pub(super) struct RepliesBody {
    errors: std::vec::IntoIter<(u64, String)>,
    /// The next line that is no `{}`, and how many of those come before it.
    line: Option<String>,
    ok: u64,
    /// How many come at the end.
    end: u64,
    left: u64,
}

impl HttpBody for RepliesBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut chunk = String::new();
        while chunk.len() < CHUNK {
            if self.ok > 0 {
                let fits = self.ok.min((CHUNK / OK.len()) as u64);
                chunk.push_str(&OK.repeat(fits as usize));
                self.ok -= fits;
            } else if let Some(line) = self.line.take() {
                chunk.push_str(&line);
            } else if let Some((ok, line)) = self.errors.next() {
                (self.ok, self.line) = (ok, Some(line));
            } else if self.end > 0 {
                self.ok = std::mem::take(&mut self.end);
            } else {
                break;
            }
        }
        self.left -= chunk.len() as u64;
        Poll::Ready((!chunk.is_empty()).then(|| Ok(Frame::data(chunk.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    #[test]
    fn replies_come_in_the_order_of_their_events_and_are_as_long_as_was_said() {
        let mut expected = String::new();
        let mut replies = Replies::default();
        for event in 0..50_000 {
            if event % 7_000 == 3 {
                replies.error(&format!("number {event} is \"wrong\""));
                expected += &format!("{{\"error\":\"number {event} is \\\"wrong\\\"\"}}\n");
            } else {
                replies.ok();
                expected += "{}\n";
            }
        }
        let mut body = replies.into_body();
        assert_eq!(body.size_hint().exact(), Some(expected.len() as u64));
        let mut written = String::new();
        while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            let chunk = frame.into_data().unwrap();
            assert!(chunk.len() < 3 * CHUNK, "no chunk is long");
            written += std::str::from_utf8(&chunk).unwrap();
        }
        assert_eq!(written, expected);
        assert!(body.is_end_stream());
    }
}
