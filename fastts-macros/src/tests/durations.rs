//! Duration literals.

use proc_macro2::{Literal, TokenStream};

use crate::durations::{read, rewrite};

#[test]
fn durations_are_read_to_the_nanosecond() {
    let rows: &[(&str, Option<u64>)] = &[
        ("5s", Some(5_000_000_000)),
        ("250ms", Some(250_000_000)),
        ("1_000ms", Some(1_000_000_000)),
        ("1.5s", Some(1_500_000_000)),
        ("0.1s", Some(100_000_000)),
        ("1m", Some(60_000_000_000)),
        ("2h", Some(7_200_000_000_000)),
        ("1d", Some(86_400_000_000_000)),
        ("1h30m", Some(5_400_000_000_000)),
        ("1m30s500ms", Some(90_500_000_000)),
        ("7us", Some(7_000)),
        ("7ns", Some(7)),
        ("0s", Some(0)),
        ("5", None),
        ("5.0", None),
        ("5u8", None),
        ("1.5f64", None),
        ("1e5", None),
        ("0x5d", None),
        ("\"5s\"", None),
        ("'s'", None),
    ];
    for (text, expected) in rows {
        let literal: Literal = text.parse().expect("a row is a literal");
        let found = read(&literal).map(|length| length.unwrap_or_else(|message| panic!("{text}: {message}")));
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn what_is_no_duration_is_refused() {
    for (text, number) in
        [("5sec", "FT044"), ("1h30", "FT044"), ("0x5s", "FT045"), ("0b1s", "FT045"), ("1e5s", "FT045"), ("999999999d", "FT046")]
    {
        let literal: Literal = text.parse().expect("a row is a literal");
        let Some(Err(message)) = read(&literal) else { panic!("{text} was accepted") };
        assert_eq!(message.number(), number, "{text}");
    }
}

#[test]
fn durations_are_written_at_any_depth() {
    let tokens: TokenStream = "f(1, [5s], || g(250ms))".parse().expect("the source has balanced braces");
    let expected: TokenStream =
        "f(1, [::core::time::Duration::from_nanos(5_000_000_000)], || g(::core::time::Duration::from_nanos(250_000_000)))"
            .parse()
            .expect("the source has balanced braces");
    assert_eq!(rewrite(tokens).to_string(), expected.to_string());
}
