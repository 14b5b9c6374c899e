//! What a query matches.

use fastts_core::event;

use crate::events::{events, matching, parse};

#[track_caller]
fn check(rows: &[(&str, &[usize])]) {
    let events = events();
    for (query, expected) in rows {
        assert_eq!(matching(query, &events), *expected, "{query}");
    }
}

#[test]
fn a_field_equals_a_value() {
    check(&[
        (r#"state = "ok""#, &[0]),
        (r#"state != "ok""#, &[1, 2, 3]),
        (r#""ok" = state"#, &[0]),
        (r#"host = """#, &[3]),
        ("host = nil", &[2]),
        ("host = null", &[2]),
        ("host != nil", &[0, 1, 3]),
        ("nil = nil", &[0, 1, 2, 3]),
        (r#"state = true"#, &[]),
        ("state = 12", &[]),
        (r#"metric = "12""#, &[]),
        ("true = true", &[0, 1, 2, 3]),
        ("true = 1", &[]),
        (r#""a" = "a""#, &[0, 1, 2, 3]),
        ("host = service", &[2]),
        ("description = dc", &[1, 2, 3]),
    ]);
}

#[test]
fn whole_numbers_equal_by_value_and_floats_equal_floats() {
    check(&[
        ("metric = 12", &[0, 1]),
        ("metric = 12n", &[0, 1]),
        ("metric = 0012N", &[0, 1]),
        ("metric = 12.0", &[1]),
        ("metric != 12.0", &[0, 2, 3]),
        ("metric = 1.2e1", &[1]),
        ("metric = 120e-1", &[1]),
        ("metric != 12", &[2, 3]),
        ("time = 100", &[0]),
        ("time = 100.25", &[1]),
        ("ttl = 60", &[0]),
        ("ttl = 60.0", &[0]),
        ("ttl = Infinity", &[3]),
        ("metric = NaN", &[]),
        ("metric != NaN", &[0, 1, 2, 3]),
        ("NaN = -NaN", &[]),
        ("1 = 1", &[0, 1, 2, 3]),
        ("1 = 1n", &[0, 1, 2, 3]),
        ("1 = 1.0", &[]),
        ("0.0 = -0.0", &[0, 1, 2, 3]),
        ("1 = 100000000000000000000n", &[]),
        ("1e20 = 100000000000000000000n", &[]),
    ]);
}

#[test]
fn only_numbers_have_an_order() {
    check(&[
        ("metric > 11", &[0, 1]),
        ("metric > 12", &[]),
        ("metric >= 12", &[0, 1]),
        ("metric < 12.5", &[0, 1]),
        ("metric <= 12n", &[0, 1]),
        ("metric < 99999999999999999999n", &[0, 1]),
        ("metric > -99999999999999999999n", &[0, 1]),
        ("metric > -Infinity", &[0, 1]),
        ("metric < 1e400", &[0, 1]),
        ("metric >= NaN", &[]),
        ("state > 0", &[]),
        ("not state > 0", &[0, 1, 2, 3]),
        ("nothing < 5", &[]),
        (r#""a" < 5"#, &[]),
        ("nil <= 0", &[]),
        ("5 < 6", &[0, 1, 2, 3]),
        ("6 < 5", &[]),
        ("zahl > 1", &[]),
        ("time > 100", &[1]),
        ("ttl < 1", &[1]),
        ("metric_f > 1", &[]),
    ]);
}

#[test]
fn both_sides_may_be_fields() {
    check(&[
        ("metric < ttl", &[0]),
        ("ttl > metric", &[0]),
        ("5 < metric", &[0, 1]),
        ("12.0 <= metric", &[0, 1]),
        ("metric = metric", &[0, 1, 2]),
        ("tags = tags", &[0, 1, 2, 3]),
        ("tags = host", &[2]),
        ("host < service", &[]),
    ]);
}

#[test]
fn like_is_held_against_the_whole_text() {
    check(&[
        (r#"host =~ "web%""#, &[0, 1]),
        (r#"host =~ "web""#, &[]),
        (r#"host =~ "web1""#, &[0]),
        (r#"service =~ "%k /""#, &[1]),
        (r#"service =~ "%""#, &[0, 1]),
        (r#"service =~ "a%b""#, &[]),
        (
            r#"service =~ "a%%
b""#,
            &[3],
        ),
        (r#"description =~ "%l g%d""#, &[0]),
        (r#"host =~ """#, &[3]),
        (r#"metric =~ "12""#, &[]),
        (r#"tags =~ "%""#, &[]),
        (r#""web1" =~ "w%""#, &[0, 1, 2, 3]),
        (r#"not service =~ "%""#, &[2, 3]),
        (r#"nil =~ "%""#, &[]),
    ]);
}

#[test]
fn a_regular_expression_is_found_anywhere() {
    check(&[
        (r#"host ~= "b[12]""#, &[0, 1]),
        (r#"host ~= "^b""#, &[]),
        (r#"host ~= "^(web|db)\\d$""#, &[0, 1]),
        (r#"host ~= """#, &[0, 1, 3]),
        (r#"host ~= "(?i)WEB1""#, &[0]),
        (r#"metric ~= "1""#, &[]),
        (r#""abc" ~= "b""#, &[0, 1, 2, 3]),
    ]);
}

#[test]
fn tags_and_bare_values() {
    check(&[
        (r#"tagged "prod""#, &[0, 1]),
        (r#"tagged "web" or tagged "none""#, &[0]),
        (r#"not tagged "prod""#, &[2, 3]),
        ("tags", &[0, 1]),
        ("tags = nil", &[2, 3]),
        (r#"tags = "prod""#, &[]),
        ("true", &[0, 1, 2, 3]),
        ("false", &[]),
        ("nil", &[]),
        ("null", &[]),
        ("0", &[0, 1, 2, 3]),
        (r#""""#, &[0, 1, 2, 3]),
        ("NaN", &[0, 1, 2, 3]),
        ("metric", &[0, 1, 3]),
        ("not metric", &[2]),
        ("metric_f", &[1]),
        ("host", &[0, 1, 3]),
        ("nosuch", &[]),
    ]);
}

#[test]
fn every_other_name_is_an_attribute() {
    check(&[
        (r#"dc = "eu-1""#, &[0]),
        (r#"my-attr = "x" and a.b = "x" and a:b = "x""#, &[0]),
        (r#"metric_f = "12""#, &[1]),
        ("nothing = nil and android = nil and not-x = nil and trueish = nil and nil? = nil", &[0, 1, 2, 3]),
        ("TRUE", &[]),
        ("größe = nil and _x = nil and $x = nil and r&d = nil and a|b = nil and -x = nil", &[0, 1, 2, 3]),
    ]);
}

#[test]
fn not_binds_tighter_than_and_and_that_tighter_than_or() {
    check(&[
        (r#"host = "web1" or host = "web2" and state = "x""#, &[0]),
        (r#"(host = "web1" or host = "web2") and state = "critical""#, &[1]),
        (r#"not state = "ok" and host = "web2""#, &[1]),
        (r#"not (state = "ok" and host = "web2")"#, &[0, 1, 2, 3]),
        (r#"not not state = "ok""#, &[0]),
        ("not nil or nil", &[0, 1, 2, 3]),
        (r#"(((state = "ok")))"#, &[0]),
    ]);
}

#[test]
fn spaces_are_needed_between_words_only() {
    check(&[
        ("metric>5", &[0, 1]),
        ("metric >5", &[0, 1]),
        ("metric> 5", &[0, 1]),
        ("metric>-5", &[0, 1]),
        ("5<metric", &[0, 1]),
        ("metric<=12and host!=nil", &[0, 1]),
        (r#"state="ok""#, &[0]),
        (r#"state!="ok""#, &[1, 2, 3]),
        (r#"host=~"web%""#, &[0, 1]),
        (r#"host~="b1""#, &[0]),
        (r#"not(state="ok")and(host)"#, &[1, 3]),
        (r#"tagged"prod"and state="ok""#, &[0]),
        (",host = \"web1\",and,\tstate\r\n= \"ok\",,", &[0]),
        ("a=b", &[0, 1, 2, 3]),
        ("nothing=-1", &[]),
    ]);
}

#[test]
fn a_changed_event_is_seen_as_changed() {
    let event = event! { host: "a", metric: 1 }.with_state("ok").with_tags(["x"]);
    assert!(parse(r#"state = "ok" and tagged "x" and metric = 1 and time = nil"#).matches(event.view()));
}
