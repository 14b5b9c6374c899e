//! What stands after `=~`: a text in which `%` is anything within a line.

/// A pattern, taken apart at its `%`.
///
/// As in Riemann it is held against the whole text, `%` does not reach over a line break, and one line break at the very end of
/// the text does not count.
pub(super) struct Like {
    pattern: Box<str>,
    /// Before the first `%`, or all when there is none.
    first: Box<str>,
    rest: Option<Rest>,
}

/// What follows the first `%`.
struct Rest {
    /// Between two `%`, in this order.
    middle: Vec<Box<str>>,
    /// After the last `%`.
    last: Box<str>,
}

impl Like {
    pub(super) fn new(pattern: &str) -> Like {
        let mut parts = pattern.split('%').map(Box::from);
        let first = parts.next().unwrap_or_default();
        let mut middle: Vec<Box<str>> = parts.collect();
        let rest = middle.pop().map(|last| {
            middle.retain(|part| !part.is_empty());
            Rest { middle, last }
        });
        Like { pattern: pattern.into(), first, rest }
    }

    pub(super) fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Returns what every text that matches begins with.
    pub(super) fn prefix(&self) -> &str {
        &self.first
    }

    #[inline]
    pub(super) fn matches(&self, text: &str) -> bool {
        // Without this it can match in neither way.
        let Some(rest) = text.strip_prefix(&*self.first) else { return false };
        self.follows(rest) || without_break(rest).is_some_and(|rest| self.follows(rest))
    }

    /// Returns whether `text` is what may follow the part before the first `%`.
    #[inline]
    fn follows(&self, text: &str) -> bool {
        let Some(rest) = &self.rest else { return text.is_empty() };
        let Some(mut text) = text.strip_suffix(&*rest.last) else { return false };
        for part in &rest.middle {
            // The first place is as good as any: were a later one reachable, then without a line break between the two.
            let Some(at) = text.find(&**part) else { return false };
            if !is_one_line(&text[..at]) {
                return false;
            }
            text = &text[at + part.len()..];
        }
        is_one_line(text)
    }
}

/// What Java takes for the end of a line.
const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

#[inline]
fn is_one_line(text: &str) -> bool {
    // The bytes that those begin with; hardly ever there.
    let suspicious = text.bytes().any(|byte| matches!(byte, b'\n' | b'\r' | 0xC2 | 0xE2));
    !suspicious || !text.contains(BREAKS)
}

/// Returns the text without the line break at its end, `None` when there is none.
fn without_break(text: &str) -> Option<&str> {
    text.strip_suffix("\r\n").or_else(|| text.strip_suffix(BREAKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_anything_within_a_line() {
        for (pattern, matching, others) in [
            ("", &["", "\n"][..], &["a"][..]),
            ("a", &["a", "a\n", "a\r\n"], &["", "aa", "A", "a\n\n"]),
            ("%", &["", "a", "ä%", "a\n"], &["a\nb", "\n\n", "a\u{2028}b", "a\u{85}b"]),
            ("a%", &["a", "ab", "a%", "ab\n"], &["ba", "a\nb"]),
            ("%a", &["a", "ba", "aa", "ba\n"], &["ab", "b\na"]),
            ("%a%", &["a", "bab", "cabac"], &["b", "", "\nba"]),
            ("a%a", &["aa", "aba", "aaa"], &["a", "ab"]),
            ("%ab%ba%", &["abba", "xabxbax", "aabba"], &["aba", "baab"]),
            ("a%b%c", &["abc", "axbxc", "abcbc"], &["acb", "ab", "abcx"]),
            ("%%", &["", "x"], &["x\ny"]),
            ("%s.", &["s.", "foos."], &["a.", "s.murf"]),
            ("a\n%", &["a\n", "a\nb"], &["a", "a\nb\nc"]),
            (".*", &[".*"], &["a", ""]),
        ] {
            let like = Like::new(pattern);
            matching.iter().for_each(|text| assert!(like.matches(text), "{pattern:?} on {text:?}"));
            others.iter().for_each(|text| assert!(!like.matches(text), "{pattern:?} on {text:?}"));
        }
    }
}
