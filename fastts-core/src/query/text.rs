//! What stands between double quotes, its escapes read as Riemann reads them: those of Clojure's data notation.

use std::borrow::Cow;

use super::error::Fault;

/// Reads the text whose opening quote is at byte `start`; returns it with the byte behind its closing quote.
pub(super) fn read(source: &str, start: usize) -> Result<(Cow<'_, str>, usize), Fault> {
    let body = start + 1;
    let rest = source.get(body..).unwrap_or_default();
    let Some(first) = rest.find(['"', '\\']) else { return Err(unended(start, rest)) };
    if rest[first..].starts_with('"') {
        return Ok((Cow::Borrowed(&rest[..first]), body + first + 1));
    }
    let mut text = String::new();
    let mut at = body;
    loop {
        let rest = &source[at..];
        let plain = rest.find(['"', '\\']).ok_or_else(|| unended(start, &source[body..]))?;
        text.push_str(&rest[..plain]);
        at += plain;
        if source[at..].starts_with('"') {
            return Ok((Cow::Owned(text), at + 1));
        }
        let (decoded, len) = escape(&source[at..], at)?.ok_or_else(|| unended(start, &source[body..]))?;
        text.push(decoded);
        at += len;
    }
}

fn unended(start: usize, body: &str) -> Fault {
    let hint = match body.contains("\\\"") {
        true => "`\\\"` is a quote within a text, `\\\\\"` a backslash and the end",
        false => "write a `\"` where it ends",
    };
    Fault::new(start..start + 1, "this text has no end", hint)
}

/// Reads the escape that `rest` begins with; returns the character and the length of the escape, `None` at the end of the query.
fn escape(rest: &str, at: usize) -> Result<Option<(char, usize)>, Fault> {
    let Some(letter) = rest[1..].chars().next() else { return Ok(None) };
    let decoded = match letter {
        't' => '\t',
        'r' => '\r',
        'n' => '\n',
        'b' => '\u{8}',
        'f' => '\u{c}',
        '"' | '\\' => letter,
        'u' => return unicode(rest, at).map(Some),
        '0'..='7' => return octal(rest, at).map(Some),
        _ => {
            let message = match letter.is_control() {
                true => "a backslash with this behind it is no escape".to_owned(),
                false => format!("`\\{letter}` is no escape"),
            };
            let hint = "write `\\\\` for a backslash; the escapes are `\\\" \\\\ \\n \\t \\r \\b \\f \\u0041`";
            return Err(Fault::new(at..at + 1 + letter.len_utf8(), message, hint));
        }
    };
    Ok(Some((decoded, 2)))
}

/// Reads `\u` and four hexadecimal digits, or two of them that are one character.
fn unicode(rest: &str, at: usize) -> Result<(char, usize), Fault> {
    let unit = |rest: &str| -> Option<u16> {
        let digits = rest.strip_prefix("\\u")?.get(..4)?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    };
    let fault = |message: &'static str| Fault::new(at..at + 2, message, "write `\\u` and four hexadecimal digits, `\\u00e9`");
    let first = unit(rest).ok_or_else(|| fault("four hexadecimal digits are missing"))?;
    let second = unit(&rest[6..]);
    let mut decoded = char::decode_utf16([first].into_iter().chain(second));
    match decoded.next() {
        Some(Ok(character)) => Ok((character, if character.len_utf16() == 2 { 12 } else { 6 })),
        _ => Err(fault("this is half a character")),
    }
}

/// Reads up to three octal digits.
fn octal(rest: &str, at: usize) -> Result<(char, usize), Fault> {
    let len = rest[1..].bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let value = u8::from_str_radix(&rest[1..=len], 8);
    let fault = |_| Fault::new(at..at + 1 + len, "octal escapes end at `\\377`", "write `\\u` and four hexadecimal digits, `\\u00e9`");
    Ok((value.map_err(fault)?.into(), len + 1))
}
