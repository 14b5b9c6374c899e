//! What differs between two lists of lines, for a person to read.

use similar::{Algorithm, ChangeTag, capture_diff_slices};

/// Shows both: lines of `expected` that are missing behind `-`, lines of `got` that were not expected behind `+`.
pub(super) fn lines(expected: &[String], got: &[String]) -> String {
    let changes = capture_diff_slices(Algorithm::Myers, expected, got);
    let changes = changes.iter().flat_map(|change| change.iter_changes(expected, got));
    let line = |change: similar::Change<String>| {
        let sign = match change.tag() {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        format!("{sign} {}", change.value_ref())
    };
    changes.map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn shows_what_is_missing_and_what_is_too_much_in_its_place() {
        let list = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        assert_eq!(lines(&list("abcd"), &list("axcde")), "  a\n- b\n+ x\n  c\n  d\n+ e");
        assert_eq!(lines(&list("ab"), &list("")), "- a\n- b");
        assert_eq!(lines(&list(""), &list("a")), "+ a");
    }
}
