//! What no query may cost.

use fastts_core::Event;
use fastts_core::query::{Access, Query, QueryLimits};

use crate::events::parse;

#[track_caller]
fn refused(text: &str, limits: &QueryLimits, message: &str) {
    let Err(error) = Query::parse_within(text, limits) else { panic!("accepted") };
    assert!(error.to_string().starts_with(message), "{error}");
}

#[test]
fn a_query_has_so_many_bytes() {
    let of = |len: usize| format!("host = \"{}\"", "x".repeat(len - 9));
    parse(&of(65_536));
    refused(&of(65_537), &QueryLimits::default(), "the query is 65537 bytes long, the limit is 65536 at column 65537");
    refused("metric > 1", &QueryLimits { length: 9, ..QueryLimits::default() }, "the query is 10 bytes long");
    refused("ä = \"äöü\"", &QueryLimits { length: 1, ..QueryLimits::default() }, "the query is 13 bytes long");
}

#[test]
fn parentheses_and_not_nest_so_deep() {
    for (open, close) in [("(", ")"), ("not ", ""), ("not (", ")")] {
        let of = |depth: usize| {
            let levels = depth / open.matches(['n', '(']).count();
            format!("{}true{}", open.repeat(levels), close.repeat(levels))
        };
        refused(&of(130), &QueryLimits::default(), "parentheses and `not` nest deeper than 128 at column");
        refused(&of(10), &QueryLimits { depth: 9, ..QueryLimits::default() }, "parentheses and `not` nest deeper than 9 at column");
        let text = of(128);
        // Half of what threads have unless somebody asks for less.
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
            let deepest = parse(&text);
            assert_eq!(parse(&deepest.to_string().replace("not ", "")).to_string(), "true");
            assert_eq!(format!("{deepest:?}").matches("not").count(), text.matches("not").count());
            assert!(deepest.matches(Event::new().view()));
            assert_eq!(deepest.access(), Access::All);
        });
        thread.unwrap().join().unwrap();
        let wide = QueryLimits { depth: usize::MAX, length: usize::MAX, ..QueryLimits::default() };
        refused(&of(100_000), &wide, "parentheses and `not` nest deeper than 128 at column");
    }
}

#[test]
fn a_long_row_of_or_is_not_deep() {
    let wide = QueryLimits { length: usize::MAX, terms: usize::MAX, ..QueryLimits::default() };
    for word in [" or ", " and "] {
        let query = Query::parse_within(&vec!["a"; 100_000].join(word), &wide).unwrap();
        assert!(!query.matches(Event::new().view()));
        assert!(query.matches(Event::new().with_attribute("a", "1").view()));
        query.access();
        assert_eq!(query.to_string(), query.text());
    }
}

#[test]
fn conditions_are_few() {
    for word in [" or ", " and ", " or not "] {
        let of = |count: usize| vec!["a"; count].join(word);
        parse(&of(1_024));
        refused(&of(1_025), &QueryLimits::default(), "more than 1024 conditions at column");
        refused(&of(3), &QueryLimits { terms: 2, ..QueryLimits::default() }, "more than 2 conditions at column");
    }
}

#[test]
fn regular_expressions_are_few_and_small() {
    let of = |count: usize| vec!["host ~= \"a\""; count].join(" or ");
    parse(&of(64));
    refused(&of(65), &QueryLimits::default(), "more than 64 regular expressions at column 969");
    refused(&of(2), &QueryLimits { patterns: 1, ..QueryLimits::default() }, "more than 1 regular expressions");
    refused(
        r#"host ~= "\\w{1000}{1000}""#,
        &QueryLimits::default(),
        "this regular expression takes more than the 262144 bytes when compiled at column 9",
    );
    refused(
        "host ~= \"[a-z]{50}\"",
        &QueryLimits { pattern_size: 100, ..QueryLimits::default() },
        "this regular expression takes more than the 100 bytes",
    );
    // Together they are no larger than one may be.
    let words = |count: usize| vec!["host ~= \"\\\\w+\""; count].join(" or ");
    parse(&words(4));
    refused(&words(5), &QueryLimits::default(), "this regular expression takes more than the");
}
