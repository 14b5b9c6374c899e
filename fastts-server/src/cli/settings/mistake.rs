//! Mistakes in a file, each with its place.

use std::fmt::Write;
use std::ops::Range;

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

/// Writes mistakes below each other, in their order, each with its line and a mark under the place.
pub(super) fn report(file: &str, text: &str, mut mistakes: Vec<Mistake>) -> String {
    mistakes.sort_by_key(|mistake| mistake.span.start);
    let mut report = String::new();
    for (n, mistake) in mistakes.iter().enumerate() {
        let start = text.floor_char_boundary(mistake.span.start.min(text.len()));
        let begin = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[begin..].find('\n').map_or(text.len(), |newline| begin + newline);
        let [shown, before] = [&text[begin..end], &text[begin..start]].map(|part| part.trim_end_matches('\r').replace('\t', " "));
        let marked = text.floor_char_boundary(mistake.span.end.clamp(start, end));
        let (number, column, width) = (line(text, start), before.chars().count(), text[start..marked].trim_end().chars().count().max(1));
        let side = " ".repeat(number.to_string().len());
        // Writing into a string cannot fail.
        let _ = writeln!(report, "{}{file}:{number}:{}: {}", if n == 0 { "" } else { "\nerror: " }, column + 1, mistake.text);
        let _ = write!(report, "{side} |\n{number} | {shown}\n{side} | {}{}", " ".repeat(column), "^".repeat(width));
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_under_what_is_meant() {
        let text = "a = 1\n\täö = \"ü\" # x\nlast";
        let at = |part: &str| text.find(part).map(|start| start..start + part.len()).unwrap();
        let one = |span| report("f", text, vec![Mistake { span, text: "no".to_owned() }]);
        assert_eq!(one(at("\"ü\"")), "f:2:7: no\n  |\n2 |  äö = \"ü\" # x\n  |       ^^^");
        assert_eq!(one(at("\"ü\" # x\nla")), "f:2:7: no\n  |\n2 |  äö = \"ü\" # x\n  |       ^^^^^^^", "to the end of the line");
        assert_eq!(one(text.len()..text.len() + 9), "f:3:5: no\n  |\n3 | last\n  |     ^");
    }

    #[test]
    fn all_are_told_in_their_order() {
        let mistakes = [4, 0].map(|at| Mistake { span: at..at + 1, text: format!("at {at}") });
        let told = report("f", "a\nbc\nd", mistakes.into());
        assert_eq!(told, "f:1:1: at 0\n  |\n1 | a\n  | ^\nerror: f:2:3: at 4\n  |\n2 | bc\n  |   ^");
    }
}
