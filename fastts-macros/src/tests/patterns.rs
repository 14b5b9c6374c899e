//! Regular expressions.

use crate::pattern::Pattern;
use crate::pattern::read;

#[test]
fn plain_patterns_need_no_engine() {
    let text = |text: &str| text.to_owned();
    let rows = [
        ("^api", Pattern::StartsWith(text("api"))),
        ("api$", Pattern::EndsWith(text("api"))),
        ("^api$", Pattern::Equals(text("api"))),
        ("api", Pattern::Contains(text("api"))),
        ("a[.]b", Pattern::Contains(text("a.b"))),
        (r"a\.b", Pattern::Contains(text("a.b"))),
        ("a.b", Pattern::Regex(text("a.b"))),
        ("(?i)api", Pattern::Regex(text("(?i)api"))),
        ("^(a|b)", Pattern::Regex(text("^(a|b)"))),
        ("", Pattern::Regex(text(""))),
    ];
    for (pattern, expected) in rows {
        assert_eq!(read(pattern).expect("a row parses"), expected, "{pattern}");
    }
}

#[test]
fn a_fault_is_found_at_its_character() {
    for (pattern, column, line) in [("api (v1|v2", 4, "api (v1|v2"), ("é[", 1, "é["), ("*x", 0, "*x"), ("ab\nc)d", 1, "c)d")] {
        let fault = read(pattern).expect_err("a row does not parse");
        assert_eq!((fault.column, fault.line.as_str()), (column, line), "{pattern}: {}", fault.reason);
    }
}
