//! What is refused, where, and what is said to write instead.

use fastts_core::query::Query;

#[track_caller]
fn check(rows: &[(&str, &str)]) {
    for (query, expected) in rows {
        match Query::parse(query) {
            Ok(parsed) => panic!("{query} is {parsed:?}"),
            Err(error) => assert_eq!(error.to_string(), *expected, "{query}"),
        }
    }
}

#[test]
fn what_is_no_condition() {
    check(&[
        ("", "expected a condition, found the end at column 1: write `true` for every event"),
        ("  ", "expected a condition, found the end at column 3: write `true` for every event"),
        ("(", "expected a condition, found the end at column 2"),
        (")", "expected a condition, found `)` at column 1: write a field such as `host`, a text in double quotes or a number"),
        ("()", "expected a condition, found `)` at column 2: write a field such as `host`, a text in double quotes or a number"),
        ("a )", "unexpected `)` at column 3: there is no `(` for it"),
        ("(a", "this `(` is not closed at column 1: write a `)` where it ends"),
        ("(a b)", "expected `and`, `or` or `)`, found `b` at column 4"),
        ("a b", "expected `and`, `or` or the end, found `b` at column 3"),
        ("no no", "expected `and`, `or` or the end, found `no` at column 4"),
        ("state = \"ok\" no", "expected `and`, `or` or the end, found `no` at column 14"),
        ("and", "expected a condition, found `and` at column 1: write a field such as `host`, a text in double quotes or a number"),
        ("a and", "expected a condition, found the end at column 6"),
        ("a or or b", "expected a condition, found `or` at column 6: write a field such as `host`, a text in double quotes or a number"),
        ("not", "expected a condition, found the end at column 4"),
        ("not and", "expected a condition, found `and` at column 5: write a field such as `host`, a text in double quotes or a number"),
        ("or = 1", "expected a condition, found `or` at column 1: write a field such as `host`, a text in double quotes or a number"),
    ]);
}

#[test]
fn habits_from_other_languages() {
    check(&[
        ("a AND b", "expected `and`, `or` or the end, found `AND` at column 3: write `and`, in lower case"),
        ("a && b", "unexpected `&&` at column 3: write `and`"),
        ("a & b", "unexpected `&` at column 3: write `and`"),
        ("a || b", "unexpected `||` at column 3: write `or`"),
        ("a==b", "unexpected `==` at column 2: write `=`"),
        ("a = = b", "expected a value, found `=` at column 5: write a field such as `host`, a text in double quotes or a number"),
        ("metric =< 5", "unexpected `=<` at column 8: write `<=`"),
        ("metric => 5", "unexpected `=>` at column 8: write `>=`"),
        ("a <> b", "unexpected `<>` at column 3: write `!=`"),
        ("host !~ \"a\"", "unexpected `!~` at column 6: write `not host =~ \"a%\"`, or `not host ~= \"^a\"` for a regular expression"),
        ("a = 'b'", "unexpected `'` at column 5: a text stands in double quotes: `state = \"ok\"`; a name stands alone"),
        ("a = `b`", "unexpected ``` at column 5: a text stands in double quotes: `state = \"ok\"`; a name stands alone"),
        ("a = “b”", "unexpected `“` at column 5: a text stands in double quotes: `state = \"ok\"`; a name stands alone"),
        ("!a", "unexpected `!` at column 1: write `not`"),
        ("!(a)", "unexpected `!` at column 1: write `not`"),
        ("!!a", "unexpected `!!` at column 1: write `not`"),
        ("ready!", "unexpected `!` at column 6: write `not`"),
    ]);
}

#[test]
fn what_stands_behind_an_order() {
    check(&[
        ("metric > ", "expected a number or a field after `>`, found the end at column 10"),
        ("metric > \"5\"", "expected a number or a field after `>`, found `\"5\"` at column 10: write the number without quotes"),
        (
            "metric > \"x\"",
            "expected a number or a field after `>`, found `\"x\"` at column 10: texts have no order; compare them with `=`, `=~` or `~=`",
        ),
        ("metric > nil", "expected a number or a field after `>`, found `nil` at column 10"),
        ("metric > true", "expected a number or a field after `>`, found `true` at column 10"),
        ("metric > inf", "expected a number or a field after `>`, found `inf` at column 10: write `Infinity`, `-Infinity` or `NaN`"),
    ]);
}

#[test]
fn numbers_that_are_none() {
    check(&[
        ("metric > .5", "unexpected `.5` at column 10: a number begins with a digit, or a minus and a digit: `0.5`, `5`, `-0.5`"),
        ("a = +5", "unexpected `+5` at column 5: a number begins with a digit, or a minus and a digit: `0.5`, `5`, `-0.5`"),
        ("metric > 5.", "`5.` is no number at column 10: write `5`, or `5.0`"),
        ("metric > 5s", "`5s` is no number at column 10: numbers have no unit; times are in seconds"),
        ("metric = 5L", "`5L` is no number at column 10: write `5`"),
        ("metric > 1e+5", "`1e+5` is no number at column 10: write an exponent as in `1e10` or `1e-10`"),
        ("metric > 0x1F", "`0x1F` is no number at column 10: write numbers in decimal"),
        ("metric > 1_000", "`1_000` is no number at column 10: write the digits without `_` between them"),
        (
            "metric > 99999999999999999999",
            "this whole number has more than 64 bits at column 10: write an `n` behind it, or a float: `1e20`",
        ),
        ("metric > 1.2.3", "`1.2.3` is no number at column 10: a text stands in double quotes"),
        ("host = 10.0.0.1", "`10.0.0.1` is no number at column 8: a text stands in double quotes"),
    ]);
}

#[test]
fn words_of_other_languages() {
    check(&[
        (
            "host like \"a\"",
            "expected `and`, `or` or the end, found `like` at column 6: write `=~`, with `%` for anything: `host =~ \"web%\"`",
        ),
        (
            "host LIKE \"a\"",
            "expected `and`, `or` or the end, found `LIKE` at column 6: write `=~`, with `%` for anything: `host =~ \"web%\"`",
        ),
        ("host is nil", "expected `and`, `or` or the end, found `is` at column 6: write `= nil` or `!= nil`"),
        ("host in (\"a\")", "expected `and`, `or` or the end, found `in` at column 6: write `host = \"a\" or host = \"b\"`"),
        (
            "host not like \"a\"",
            "expected an operator such as `=`, found `not` at column 6: `not` stands before a comparison: `not host = \"a\"`",
        ),
        ("metric between 1 and 2", "expected `and`, `or` or the end, found `between` at column 8: write `metric >= 1 and metric <= 2`"),
        (
            "host contains \"a\"",
            "expected `and`, `or` or the end, found `contains` at column 6: write `=~`, with `%` for anything: `host =~ \"web%\"`",
        ),
    ]);
}

#[test]
fn patterns_and_regular_expressions() {
    check(&[
        ("host =~ web", "expected a text after `=~`, found `web` at column 9: write `host =~ \"web%\"`"),
        ("host =~ 5", "expected a text after `=~`, found `5` at column 9: write `host =~ \"web%\"`"),
        ("host =~ /web/", "unexpected `/` at column 9: names have no `/`; a regular expression is a text: `host ~= \"^web\"`"),
        ("\"foo%\" =~ service", "expected a text after `=~`, found `service` at column 11: write `host =~ \"web%\"`"),
        ("host ~= \"(\"", "this is no regular expression (unclosed group) at column 9"),
        (
            "host ~= \"a(?=b)\"",
            "this is no regular expression (look-around, including look-ahead and look-behind, is not supported) at column 9: regular expressions are Rust's: use `and`, `or` and `not` around simpler ones",
        ),
        (
            "host ~= \"(a)\\\\1\"",
            "this is no regular expression (backreferences are not supported) at column 9: regular expressions are Rust's: use `and`, `or` and `not` around simpler ones",
        ),
        ("host ~= 5", "expected a regular expression after `~=`, found `5` at column 9: write it as a text: `host ~= \"^web\"`"),
        ("host ~ \"a\"", "unexpected `~` at column 6: write `=~` for a text with `%`, `~=` for a regular expression"),
    ]);
}

#[test]
fn tags_and_names() {
    check(&[
        (
            "tagged",
            "expected a tag in double quotes after `tagged`, found the end at column 7: write `tagged \"prod\"`; the field is called `tags`",
        ),
        (
            "tagged prod",
            "expected a tag in double quotes after `tagged`, found `prod` at column 8: write `tagged \"prod\"`; the field is called `tags`",
        ),
        (
            "tagged = \"prod\"",
            "expected a tag in double quotes after `tagged`, found `=` at column 8: write `tagged \"prod\"`; the field is called `tags`",
        ),
        (
            "tagged 5",
            "expected a tag in double quotes after `tagged`, found `5` at column 8: write `tagged \"prod\"`; the field is called `tags`",
        ),
        ("k8s/pod = \"x\"", "unexpected `/` at column 4: names have no `/`; a regular expression is a text: `host ~= \"^web\"`"),
        (":host = \"a\"", "unexpected `:` at column 1: a name stands alone: `host`, not `:host`"),
        ("a: = 1", "unexpected `:` at column 2: a name stands alone: `host`, not `:host`"),
    ]);
}

#[test]
fn texts_that_are_none() {
    check(&[
        ("host = \"web1", "this text has no end at column 8: write a `\"` where it ends"),
        ("host = \"web1\\\"", "this text has no end at column 8: `\\\"` is a quote within a text, `\\\\\"` a backslash and the end"),
        (
            "host = \"a\\d\"",
            "`\\d` is no escape at column 10: write `\\\\` for a backslash; the escapes are `\\\" \\\\ \\n \\t \\r \\b \\f \\u0041`",
        ),
        ("host = \"\\u12\"", "four hexadecimal digits are missing at column 9: write `\\u` and four hexadecimal digits, `\\u00e9`"),
        ("host = \"\\uD83D\"", "this is half a character at column 9: write `\\u` and four hexadecimal digits, `\\u00e9`"),
        ("host = \"\\400\"", "octal escapes end at `\\377` at column 9: write `\\u` and four hexadecimal digits, `\\u00e9`"),
        (
            "host = \"\\x\"",
            "`\\x` is no escape at column 9: write `\\\\` for a backslash; the escapes are `\\\" \\\\ \\n \\t \\r \\b \\f \\u0041`",
        ),
        (
            "host = \"a\\\nb\"",
            "a backslash with this behind it is no escape in line 1 at column 10: write `\\\\` for a backslash; the escapes are `\\\" \\\\ \\n \\t \\r \\b \\f \\u0041`",
        ),
    ]);
}

#[test]
fn characters_that_begin_nothing() {
    check(&[
        ("host = [\"a\"]", "unexpected `[` at column 8: there are no lists; write `host = \"a\" or host = \"b\"`"),
        ("host = \"a\" # x", "unexpected `#` at column 12: there are no comments"),
        ("*", "unexpected `*` at column 1: write `true` for every event"),
        ("metric + 1 > 5", "unexpected `+` at column 8: there is no arithmetic"),
        (
            "1 < metric < 5",
            "expected `and`, `or` or the end, found `<` at column 12: write `1 < metric and metric < 2` for two comparisons",
        ),
        ("a\u{a0}= 1", "unexpected the character U+00A0 at column 2: write an ordinary space"),
        ("a \u{200b}= 1", "unexpected the character U+200B at column 3: names have no such character"),
        ("5 5", "expected an operator such as `=`, found `5` at column 3"),
        ("a \"b\"", "expected an operator such as `=`, found `\"b\"` at column 3"),
        ("a = b c", "expected `and`, `or` or the end, found `c` at column 7"),
        ("-5a = 1", "`-5a` is no number at column 1: a name begins with no digit, and a text stands in double quotes"),
        ("host = @x", "unexpected `@` at column 8: names have no such character"),
        ("a = 5%", "unexpected `%` at column 6: `%` stands in the text after `=~`"),
        ("%", "unexpected `%` at column 1: `%` stands in the text after `=~`"),
        ("nil nil", "expected an operator such as `=`, found `nil` at column 5"),
        (
            "host = tagged \"x\"",
            "expected a value, found `tagged` at column 8: write a field such as `host`, a text in double quotes or a number",
        ),
        ("a = (b)", "expected a value, found `(` at column 5: write a field such as `host`, a text in double quotes or a number"),
        ("a = not b", "expected a value, found `not` at column 5: `not` stands before a comparison: `not host = \"a\"`"),
        ("where metric > 5", "expected `and`, `or` or the end, found `metric` at column 7"),
        ("host = and", "expected a value, found `and` at column 8: write a field such as `host`, a text in double quotes or a number"),
        ("\\", "unexpected `\\` at column 1: a name has a letter or a digit in it"),
        ("-", "unexpected `-` at column 1: there is no arithmetic"),
        ("a ; b", "unexpected `;` at column 3: a name has a letter or a digit in it"),
        ("--", "unexpected `--` at column 1: a name has a letter or a digit in it"),
        ("\0", "unexpected the character U+0000 at column 1: names have no such character"),
    ]);
}

#[test]
fn a_report_shows_the_place() {
    for (query, report) in [
        ("a && b", "unexpected `&&` at column 3\n  a && b\n    ^^\nwrite `and`"),
        ("a b", "expected `and`, `or` or the end, found `b` at column 3\n  a b\n    ^"),
        ("größe\t== 1", "unexpected `==` at column 7\n  größe == 1\n        ^^\nwrite `=`"),
        ("a and\nb ==\nc", "unexpected `==` in line 2 at column 3\n  b ==\n    ^^\nwrite `=`"),
        ("a \"\n\"", "expected an operator such as `=`, found `\" \"` in line 1 at column 3\n  a \"\n    ^"),
        ("a and", "expected a condition, found the end at column 6\n  a and\n       ^"),
    ] {
        assert_eq!(Query::parse(query).unwrap_err().report(), report);
    }
}

#[test]
fn errors_of_long_queries_are_short() {
    let long = "ä".repeat(10_000);
    for query in [
        format!("a = \"{long}\" b = \"{long}\""),
        long.clone() + " x",
        format!("\"{long}"),
        format!("a ~= \"{long}(\""),
        format!("5{long}"),
    ] {
        let error = Query::parse(&query).unwrap_err();
        assert!(error.report().len() < 1000 && error.to_string().len() < 300, "{}", error.report());
    }
    let error = Query::parse(&format!("host = \"{}\" == 1", "x".repeat(100))).unwrap_err();
    assert_eq!((error.column(), error.line(), error.hint()), (111, 1, Some("write `=`")));
    let caret = error.report().lines().nth(2).map(str::len);
    let place =
        error.report().lines().nth(1).and_then(|line| line.chars().collect::<Vec<_>>().windows(2).position(|two| two == ['=', '=']));
    assert_eq!(caret, place.map(|place| place + 2), "{}", error.report());
}

#[test]
fn carets_stand_under_what_is_wrong_behind_characters_of_any_width() {
    // Two columns each, then letters with an accent of their own, which take one, then an emoji.
    for (query, indent, width) in
        [("service = \"日本語\" == 3", 19, 2), ("service = \"e\u{301}e\u{301}\" == 3", 15, 2), ("\"🦀\" == 3", 5, 2), ("x = 1 日本", 6, 4)]
    {
        let report = Query::parse(query).unwrap_err().report();
        let carets = report.lines().nth(2).unwrap();
        assert_eq!((carets.find('^'), carets.matches('^').count()), (Some(2 + indent), width), "{report}");
    }
}
