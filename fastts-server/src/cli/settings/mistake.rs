//! Mistakes in a file, each with its place.

use std::fmt::Write;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

/// Something that a file says and that cannot be.
#[derive(Debug)]
pub(super) struct Mistake {
    /// Which bytes of the file say it.
    pub(super) span: Range<usize>,
    pub(super) text: String,
}

/// Returns the number of the line, from 1 on, in which a byte of a text lies.
pub(super) fn line(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}

/// Writes mistakes below each other, in their order, each with its line and a mark under the place. Of a line that may not be shown there is
/// only what stands before the value.
pub(super) fn report(file: &str, text: &str, mut mistakes: Vec<Mistake>, may_show: impl Fn(&str) -> bool) -> String {
    mistakes.sort_by_key(|mistake| mistake.span.start);
    let mut report = String::new();
    for (n, mistake) in mistakes.iter().enumerate() {
        let start = text.floor_char_boundary(mistake.span.start.min(text.len()));
        let begin = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[begin..].find('\n').map_or(text.len(), |newline| begin + newline);
        let plain = |part: &str| part.trim_end_matches('\r').replace('\t', " ");
        let (line_text, before) = (plain(&text[begin..end]), plain(&text[begin..start]));
        let marked = text.floor_char_boundary(mistake.span.end.clamp(start, end));
        let (number, column, width) = (line(text, start), before.chars().count(), text[start..marked].trim_end().width().max(1));
        let shown = if may_show(&line_text) { line_text.clone() } else { hidden(&line_text) };
        // In columns of a terminal; within what is not shown, at its begin.
        let place = if shown.starts_with(&before) { before.width() } else { shown.width().saturating_sub(1) };
        let width = width.min(shown.width().saturating_sub(place).max(1));
        let side = " ".repeat(number.to_string().len());
        // Writing into a string cannot fail.
        let _ = writeln!(report, "{}{file}:{number}:{}: {}", if n == 0 { "" } else { "\nerror: " }, column + 1, mistake.text);
        let _ = write!(report, "{side} |\n{number} | {shown}\n{side} | {}{}", " ".repeat(place), "^".repeat(width));
    }
    report
}

/// Returns a line without what may be a secret in it.
fn hidden(line: &str) -> String {
    line.split_once('=').map_or_else(|| "…".to_owned(), |(key, _)| format!("{key}= …"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_under_what_is_meant() {
        let text = "a = 1\n\täö = \"ü\" # x\nlast";
        let at = |part: &str| text.find(part).map(|start| start..start + part.len()).unwrap();
        let one = |span| report("f", text, vec![Mistake { span, text: "no".to_owned() }], |_| true);
        assert_eq!(one(at("\"ü\"")), "f:2:7: no\n  |\n2 |  äö = \"ü\" # x\n  |       ^^^");
        assert_eq!(one(at("\"ü\" # x\nla")), "f:2:7: no\n  |\n2 |  äö = \"ü\" # x\n  |       ^^^^^^^", "to the end of the line");
        assert_eq!(one(text.len()..text.len() + 9), "f:3:5: no\n  |\n3 | last\n  |     ^");
    }

    #[test]
    fn the_mark_counts_columns_and_not_characters() {
        let text = "a = \"日本\" x";
        let told = report("f", text, vec![Mistake { span: text.len() - 1..text.len(), text: "no".to_owned() }], |_| true);
        assert_eq!(told, "f:1:10: no\n  |\n1 | a = \"日本\" x\n  |            ^");
    }

    #[test]
    fn a_secret_is_not_shown() {
        for (text, at, shown) in
            [("key = sesame", 6, "1 | key = …\n  |       ^"), ("sesame", 0, "1 | …\n  | ^"), ("key = sesame", 0, "1 | key = …\n  | ^^^")]
        {
            let told = report("f", text, vec![Mistake { span: at..at + 3, text: "no".to_owned() }], |_| false);
            assert!(told.ends_with(shown) && !told.contains("sesame"), "{told}");
        }
    }

    #[test]
    fn all_are_told_in_their_order() {
        let mistakes = [4, 0].map(|at| Mistake { span: at..at + 1, text: format!("at {at}") });
        let told = report("f", "a\nbc\nd", mistakes.into(), |_| true);
        assert_eq!(told, "f:1:1: at 0\n  |\n1 | a\n  | ^\nerror: f:2:3: at 4\n  |\n2 | bc\n  |   ^");
    }
}
