//! How texts and numbers are read, and how a query is written.

use fastts_core::{Event, event};

use crate::events::parse;

#[test]
fn escapes_are_those_of_clojure_data() {
    for (written, meant) in [
        (r#"a\"b"#, "a\"b"),
        (r#"a\\"#, "a\\"),
        (r#"\\\""#, "\\\""),
        (r#"\t\n\r\b\f"#, "\t\n\r\u{8}\u{c}"),
        (r#"\u00e9\u00C9"#, "éÉ"),
        (r#"\uD83D\uDE00!"#, "😀!"),
        (r#"\0\101\3770"#, "\0A\u{ff}0"),
        ("a\nb", "a\nb"),
        ("辻斬 “x” %", "辻斬 “x” %"),
    ] {
        let query = format!("host = \"{written}\" and state = \"b\"");
        assert!(parse(&query).matches(event! { host: meant, state: "b" }.view()), "{query}");
    }
}

#[test]
fn debug_is_riemanns_tree_and_display_the_normal_form() {
    for (text, tree, normal) in [
        ("true", "true", "true"),
        ("null", "nil", "nil"),
        ("metric", ":metric", "metric"),
        ("(a or b) or c", "(or (or :a :b) :c)", "a or b or c"),
        ("a or (b or c)", "(or :a (or :b :c))", "a or (b or c)"),
        ("not (a and b) and c", "(and (not (and :a :b)) :c)", "not (a and b) and c"),
        ("(a or b) and not not c", "(and (or :a :b) (not (not :c)))", "(a or b) and not not c"),
        ("x=1e10", "(= :x 1.0E10)", "x = 10000000000.0"),
        ("x=1.5e-9", "(= :x 1.5E-9)", "x = 1.5e-9"),
        ("x = 12.0", "(= :x 12.0)", "x = 12.0"),
        ("x = 1e300", "(= :x 1.0E300)", "x = 1e300"),
        ("x = -Infinity", "(= :x ##-Inf)", "x = -Infinity"),
        ("x = NaN", "(= :x ##NaN)", "x = NaN"),
        ("x < 0010n", "(< :x 10N)", "x < 10N"),
        (r#"x = "a\u0022\t""#, r#"(= :x "a\"\t")"#, r#"x = "a\"\t""#),
        (r#"x ~= "\\d""#, r#"(:regex #"\d" :x)"#, r#"x ~= "\\d""#),
        (r#"x =~ "a%""#, r#"(:like "a%" :x)"#, r#"x =~ "a%""#),
        (r#"tagged "a" and x != y"#, r#"(and (:tagged "a") (not= :x :y))"#, r#"tagged "a" and x != y"#),
    ] {
        let query = parse(text);
        assert_eq!(format!("{query:?}"), tree, "{text}");
        assert_eq!(query.to_string(), normal, "{text}");
        assert_eq!(format!("{:?}", parse(normal)), tree, "{text}");
        assert_eq!(query.text(), text);
    }
}

#[test]
fn a_query_is_text_in_other_types() {
    let query: fastts_core::query::Query = "metric > 1".parse().unwrap();
    assert!(query.clone().matches(Event::new().with_metric(2).view()));
}
