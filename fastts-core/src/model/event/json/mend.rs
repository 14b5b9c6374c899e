//! Mends lines whose texts are not UTF-8, as `decode` mends events: one byte of another encoding must not cost the event.

/// Returns the line with U+FFFD in the place of what is no text: bytes that are not UTF-8, and escapes of half a character, which is how
/// some programs write such bytes. `None` when there is none of it.
#[cold]
pub(super) fn line(line: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(line);
    let mut rest = text.as_bytes();
    let mut out = Vec::with_capacity(rest.len());
    while let Some(at) = rest.iter().position(|&byte| byte == b'\\') {
        let (before, escape) = rest.split_at(at);
        out.extend_from_slice(before);
        let len = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                out.extend_from_slice(b"\\ufffd");
                rest = &escape[6..];
                continue;
            }
            (Some(_), _) => 6,
            (None, _) => escape.len().min(2),
        };
        out.extend_from_slice(&escape[..len]);
        rest = &escape[len..];
    }
    out.extend_from_slice(rest);
    (out != line).then_some(out)
}

/// Returns what an escape stands for that begins here, when it is one of four digits.
fn unit(escape: &[u8]) -> Option<u16> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | char::from(digit).to_digit(16)? as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_replaced_and_the_rest_stays() {
        let rows: [(&[u8], Option<&str>); 10] = [
            (b"caf\xe9", Some("caf\u{fffd}")),
            (br"caf\udce9", Some(r"caf\ufffd")),
            (br"\ud83dx\uDE00", Some(r"\ufffdx\ufffd")),
            (br"\ud83d\ud83d\ude00", Some(r"\ufffd\ud83d\ude00")),
            (br"\ud83d\ude00", None),
            (br"\\ud83d", None),
            (br"\\\ud83d", Some(r"\\\ufffd")),
            (br"\u00e9\n\ud8", None),
            (b"\\", None),
            (b"", None),
        ];
        for (text, mended) in rows {
            assert_eq!(line(text).as_deref(), mended.map(str::as_bytes), "{}", String::from_utf8_lossy(text));
        }
    }
}
