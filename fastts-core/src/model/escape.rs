//! How a value is written into a text so that it stays a value there, whatever a client sent.

use std::fmt::Write;

/// Where a value goes, and so what it must not hold as it is.
///
/// A value that was escaped cannot end what it stands in: no string of JSON, no element of HTML, no line of a header or a log, no level
/// of a path. What can be kept is kept, so that a person can read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Escape {
    /// Where everything may stand: a field of an event.
    #[default]
    Plain,
    /// Between the quotes of a string in JSON.
    Json,
    /// In the text of an element of HTML, or between the quotes of an attribute.
    Html,
    /// In a header of a mail: on one line. Control characters and line breaks become blanks.
    MailHeader,
    /// In a level of a path of Graphite: letters, digits, `_` and `-` of ASCII stay, all else becomes `_`, and so does nothing: the
    /// path keeps its levels.
    GraphitePath,
    /// In a level of a path of a file, which is a format of time as well: `/` and control characters become `_`, and so do a dot at the
    /// beginning and nothing, so that the file lies where the rest of the path says; `%` becomes `%%`, which stands for it in the format.
    FilePath,
    /// In a value of a form or of the query of a URL: letters, digits, `-`, `.`, `_` and `~` of ASCII stay, all else is written as `%20`.
    Url,
    /// In a message of Slack: `&`, `<` and `>`, by which it links and mentions, are written as `&amp;`, `&lt;` and `&gt;`.
    Slack,
    /// In a line of a log: what would break the line, move the cursor or turn the text around is written as Rust writes it, `\n`.
    LogLine,
}

impl Escape {
    /// Appends a value.
    pub fn write(self, value: &str, out: &mut String) {
        match self {
            Escape::Plain => out.push_str(value),
            Escape::Json => replaced(value, out, |c| c < ' ' || matches!(c, '"' | '\\') || breaks_lines(c), json),
            Escape::Html => replaced(value, out, |c| matches!(c, '&' | '<' | '>' | '"' | '\'' | '\0'), html),
            Escape::MailHeader => replaced(value, out, breaks_lines, |_, out| out.push(' ')),
            Escape::GraphitePath if value.is_empty() => out.push('_'),
            Escape::GraphitePath => {
                let stays = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                replaced(value, out, |c| !stays(c), |_, out| out.push('_'));
            }
            Escape::FilePath if value.is_empty() => out.push('_'),
            Escape::FilePath => {
                let rest = value.strip_prefix('.').inspect(|_| out.push('_')).unwrap_or(value);
                replaced(rest, out, |c| c == '/' || c == '%' || breaks_lines(c), |c, out| out.push_str(if c == '%' { "%%" } else { "_" }));
            }
            Escape::Url => value.bytes().for_each(|byte| match byte {
                byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => out.push(byte as char),
                // writing into a string cannot fail
                byte => drop(write!(out, "%{byte:02X}")),
            }),
            Escape::Slack => replaced(value, out, |c| matches!(c, '&' | '<' | '>' | '\0'), html),
            Escape::LogLine => replaced(value, out, |c| breaks_lines(c) || turns_around(c), |c, out| out.extend(c.escape_default())),
        }
    }
}

/// Appends a value, with something else in the place of each character that must not be there.
fn replaced(value: &str, out: &mut String, must_go: impl Fn(char) -> bool, replace: impl Fn(char, &mut String)) {
    let mut rest = value;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| must_go(*c)) {
        out.push_str(&rest[..at]);
        replace(c, out);
        rest = &rest[at + c.len_utf8()..];
    }
    out.push_str(rest);
}

/// Tells whether a character ends a line somewhere, or does something to whoever shows it: control characters, and the two separators
/// of Unicode.
fn breaks_lines(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Tells whether a character changes the direction of what follows, so that a text reads as another one.
fn turns_around(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn json(c: char, out: &mut String) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        // writing into a string cannot fail
        c => drop(write!(out, "\\u{:04x}", u32::from(c))),
    }
}

fn html(c: char, out: &mut String) {
    out.push_str(match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        // HTML knows no NUL
        _ => "\u{fffd}",
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What somebody may send who wants to be more than a value.
    const HOSTILE: &[&str] = &[
        "\",\"admin\":true,\"x\":\"",
        "\\\",\"admin\":\"",
        "</p><script>alert(1)</script>",
        "x\" onmouseover=\"alert(1)",
        "x' onmouseover='alert(1)",
        "&lt;b&gt;",
        "hello\r\nBcc: everybody@example.com\r\n\r\nbuy",
        "hello\nBcc: x",
        "a\u{85}b\u{2028}c\u{2029}d\u{b}e\u{c}f",
        "a.b.c 1 2\nother.path 5",
        "../../etc;tag=1",
        "x\u{1b}[2J\u{1b}[1;1H\u{9b}2J",
        "2026-01-01T00:00:00Z ERROR made up\n2026-01-01T00:00:01Z ERROR again",
        "\u{202e}desrever\u{2066}",
        "\0\u{7}\u{7f}",
        "",
        "plain text, ümlaut, 漢字 🙂",
    ];

    fn each(escape: Escape, check: impl Fn(&str, &str)) {
        HOSTILE.iter().for_each(|value| each_of(escape, value, |out| check(value, out)));
    }

    #[test]
    fn a_value_is_one_string_of_json() {
        each(Escape::Json, |value, out| {
            let document = format!("{{\"value\":\"{out}\"}}");
            let read: serde_json::Value = serde_json::from_str(&document).unwrap();
            assert_eq!(read, serde_json::json!({ "value": value }), "{document}");
            assert!(!out.contains(['\u{2028}', '\u{2029}']), "{out:?} would end a string of JavaScript");
        });
    }

    #[test]
    fn a_value_is_text_of_html_and_stays_between_quotes() {
        each(Escape::Html, |value, out| {
            assert!(!out.contains(['<', '>', '"', '\'', '\0']), "{out:?}");
            let back = out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
            assert_eq!(back, value.replace('\0', "\u{fffd}"));
            assert_eq!(out.matches('&').count(), out.split('&').skip(1).filter(|rest| rest.contains(';')).count(), "{out:?}");
        });
    }

    #[test]
    fn a_value_is_one_line_of_a_header() {
        each(Escape::MailHeader, |value, out| {
            assert!(!out.chars().any(|c| c.is_control()) && !out.contains(['\u{2028}', '\u{2029}']), "{out:?}");
            assert_eq!(out.chars().count(), value.chars().count());
        });
    }

    #[test]
    fn a_value_is_one_level_of_a_path() {
        each(Escape::GraphitePath, |_, out| {
            assert!(!out.is_empty() && out.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'), "{out:?}");
        });
    }

    #[test]
    fn a_value_is_one_level_of_a_path_of_files() {
        for value in ["..", ".", "../../etc/passwd", "/etc/passwd", "%Y/%m", ".profile"] {
            each_of(Escape::FilePath, value, |out| {
                assert!(!out.contains('/') && !out.starts_with('.') && !out.is_empty(), "{out:?}");
                assert!(!out.replace("%%", "").contains('%'), "{out:?} is a format of time");
            });
        }
        each(Escape::FilePath, |_, out| assert!(!out.contains(['/', '\0', '\n']) && !out.is_empty(), "{out:?}"));
    }

    fn each_of(escape: Escape, value: &str, check: impl Fn(&str)) {
        let mut out = String::new();
        escape.write(value, &mut out);
        check(&out);
    }

    #[test]
    fn a_value_is_one_of_a_form() {
        each(Escape::Url, |value, out| {
            assert!(out.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)), "{out:?}");
            let mut bytes = Vec::new();
            let mut rest = out;
            while let Some((before, behind)) = rest.split_once('%') {
                bytes.extend_from_slice(before.as_bytes());
                bytes.push(u8::from_str_radix(&behind[..2], 16).unwrap());
                rest = &behind[2..];
            }
            bytes.extend_from_slice(rest.as_bytes());
            assert_eq!(String::from_utf8(bytes).unwrap(), value);
        });
    }

    #[test]
    fn a_value_mentions_nobody_and_links_nothing() {
        for value in ["<!channel>", "<@U1>", "<https://evil|click>", "&lt;!here&gt;"] {
            each_of(Escape::Slack, value, |out| {
                assert!(!out.contains(['<', '>']), "{out:?}");
                assert_eq!(out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), value);
            });
        }
    }

    #[test]
    fn a_value_writes_no_line_of_its_own_into_a_log() {
        each(Escape::LogLine, |_, out| {
            assert!(!out.chars().any(|c| c.is_control()), "{out:?}");
            assert_eq!(out.lines().count(), usize::from(!out.is_empty()), "{out:?}");
            assert!(!out.contains(['\u{85}', '\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}']), "{out:?}");
        });
    }

    #[test]
    fn what_is_harmless_is_left_alone() {
        for (escape, text) in [
            (Escape::Plain, "a\nb\""),
            (Escape::Json, "web1.example.com is ümlaut, 漢字 🙂 <b>'"),
            (Escape::Html, "web1.example.com is ümlaut, 漢字 🙂 100 %"),
            (Escape::MailHeader, "web1.example.com is \"critical\" <x>"),
            (Escape::GraphitePath, "web1-a_b"),
            (Escape::FilePath, "web1.example.com ümlaut, 漢字"),
            (Escape::LogLine, "web1.example.com is \"critical\" at C:\\x, 漢字"),
        ] {
            let mut out = String::new();
            escape.write(text, &mut out);
            assert_eq!(out, text, "{escape:?}");
        }
    }
}
