//! What is warned of although it could be meant so; above all, what is not.

use crate::tests::harness::{check, numbers_of_router};

#[test]
fn contradictions() {
    check(
        r#"
pipeline "P" { where(metric > 5); where(metric < 3); stdout }
                                        ---------- FT108
pipeline "Q" { where(service == "a" && service == "b"); stdout }
                                       -------------- FT108
pipeline "R" { over(5); scale(2); under(3); where(metric > 3); stdout }
                                                  ---------- FT108
pipeline "S" { under(3); tee { { over(3); stdout } } within(0, 2); without(-1, 4); stdout }
                                 ------- FT108
                                                                   -------------- FT108
pipeline "T" { split { metric > 5 => stdout, metric > 7 => tag("x"), _ => { where(metric > 6); stdout } } stdout }
                                             ---------- FT108
                                                                                  ---------- FT108
"#,
    );
}

/// Pairs of conditions that nothing can pass.
const NEVER: &[(&str, &str)] = &[
    ("metric > 5", "metric < 5"),
    ("metric >= 5", "metric < 5"),
    ("metric == 5", "metric != 5"),
    ("5 < metric", "metric <= 5.0"),
    ("metric > -1", "metric < -2"),
    ("metric > 5", "metric == None"),
    ("metric > 5", "!(metric > 4)"),
    ("metric > 5 || metric < 3", "metric == 4"),
    ("metric > LIMIT", "metric < LIMIT"),
    ("metric > limit", "metric <= limit"),
    ("metric * 2 > 5", "metric * 2 < 4"),
    ("ttl > 5s", "ttl < 3"),
    ("ttl > 1m", "ttl < 1500ms"),
    ("host == \"a\"", "host == \"b\""),
    ("host == \"a\"", "host =~ \"^b\""),
    ("host =~ \"^api\"", "host =~ \"^db\""),
    ("host =~ \"a$\"", "host =~ \"b$\""),
    ("host =~ \"^api in$\"", "host =~ \"out\""),
    ("host =~ \"^api\"", "!(host =~ \"^ap\")"),
    ("host == None", "host == \"a\""),
    ("host < \"b\"", "host > \"c\""),
    ("tagged(\"x\")", "!tagged(\"x\")"),
    ("tagged_all([\"x\", \"y\"])", "!tagged(\"y\")"),
    ("!tagged_any([\"x\", \"y\"])", "tagged(\"y\")"),
    ("expired", "!expired"),
    ("attribute(\"k\") == \"v\"", "attribute(\"k\") == \"w\""),
    ("healthy", "!healthy"),
    ("metric > ttl", "!(metric > ttl)"),
    ("host == name", "host != name"),
];

/// Pairs of conditions that some event passes, or may.
const PERHAPS: &[(&str, &str)] = &[
    ("metric >= 5", "metric <= 5"),
    ("metric > 5", "metric < 5.1"),
    ("metric != 5", "metric != 6"),
    ("metric > 5", "ttl < 3"),
    ("metric > 5 || host == \"a\"", "metric < 3"),
    ("metric > LOW", "metric < HIGH"),
    ("metric > limit", "metric < 5"),
    ("!(metric > 5)", "!(metric < 6)"),
    ("!(metric > 5)", "metric == None"),
    ("metric * 2 > 5", "metric < 2"),
    ("metric > other()", "metric < other()"),
    ("random()", "!random()"),
    ("host.is_some()", "!host.is_some()"),
    ("{ flip() }", "!{ flip() }"),
    ("host =~ \"^api\"", "host =~ \"^api in\""),
    ("host =~ \"^a\"", "host =~ \"b$\""),
    ("host =~ \"a\"", "host == \"bab\""),
    ("host =~ \"^a.*b$\"", "host == \"x\""),
    ("host != \"a\"", "host != \"b\""),
    ("host != \"a\"", "host == None"),
    ("tagged(\"x\")", "!tagged(\"y\")"),
    ("tagged_any([\"x\", \"y\"])", "!tagged(\"y\")"),
    ("!tagged_all([\"x\", \"y\"])", "tagged(\"y\")"),
    ("attribute(\"k\") == \"v\"", "attribute(\"l\") == \"w\""),
    ("metric > ttl", "metric < ttl"),
    ("metric > counter", "metric < counter"),
    ("time > 5", "time < 5s"),
];

/// What is said; `healthy` may be a method of a trait of the user's, and what is said of it if it is not stands in the expansion.
fn said(stages: &str) -> Vec<String> {
    let said = numbers_of_router(&format!("let limit = 5; let name = \"x\"; pipeline \"P\" {{ {stages} stdout }}"));
    said.into_iter().filter(|number| number != "FT141").collect()
}

#[test]
fn conditions_that_contradict_each_other_are_found_wherever_they_stand() {
    for (one, other) in NEVER {
        for (one, other) in [(one, other), (other, one)] {
            for stages in [
                format!("where({one}); where({other});"),
                format!("where(({one}) && ({other}));"),
                format!("where({one}); changed(state); throttle(3, 5s); by(host) {{ inspect(|_| ()); where({other}) }}"),
                format!("split {{ {one} => {{ where({other}); stdout }} }}"),
                format!("where(!(!({one}))); tee {{ {{ where({other}); stdout }} }}"),
            ] {
                assert_eq!(said(&stages), ["FT108"], "{stages}");
            }
        }
    }
}

#[test]
fn conditions_that_an_event_may_pass_are_not() {
    for (one, other) in PERHAPS.iter().filter(|(one, _)| *one != "time > 5") {
        for (one, other) in [(one, other), (other, one)] {
            for stages in [format!("where({one}); where({other});"), format!("where(({one}) && ({other}));")] {
                assert_eq!(said(&stages), Vec::<String>::new(), "{stages}");
            }
        }
    }
}

#[test]
fn what_changes_a_field_ends_what_is_known_of_it() {
    for between in [
        "with(metric = 3);",
        "default(metric = 3);",
        "scale(2);",
        "adjust(metric, |metric| metric);",
        "map(|e| e.to_owned());",
        "filter_map(|e| Some(e.to_owned()));",
        "rate(5);",
        "sreduce(|sum, e| e.to_owned());",
        "mine::stage;",
        "cheap(3);",
        "moving_event_window(3); map(|w| w.events[0].clone());",
        "by(host) { scale(2) }",
        "split { tagged(\"x\") => scale(2), _ => tag(\"y\") }",
    ] {
        assert_eq!(said(&format!("where(metric > 5); {between} where(metric < 3);")), Vec::<String>::new(), "{between}");
        assert_eq!(said(&format!("where(metric > 5); {between} where(metric > 5);")), Vec::<String>::new(), "{between}");
    }
    for between in
        ["tag(\"x\");", "with(state = \"x\");", "adjust(host, |host| host);", "by(host) { tag(\"x\") }", "tee { { scale(2); stdout } }"]
    {
        assert_eq!(said(&format!("where(metric > 5); {between} where(metric < 3);")), ["FT108"], "{between}");
        assert_eq!(said(&format!("where(metric > 5); {between} where(metric > 5);")), ["FT110"], "{between}");
    }
    assert_eq!(said("where(!expired); stable(5s, state); where(expired);"), Vec::<String>::new(), "time passes");
    assert_eq!(said("tagged_all(\"x\"); untag(\"x\"); where(!tagged(\"x\"));"), Vec::<String>::new());
    assert_eq!(
        said("where(attribute(\"k\") == \"v\"); with(attribute(\"k\") = \"w\"); where(attribute(\"k\") == \"w\");"),
        Vec::<String>::new()
    );
}

#[test]
fn conditions_asked_twice() {
    check(
        r#"
pipeline "P" { where(service == "a"); rate(5); where(service == "a"); stdout }
pipeline "Q" { where(service == "a"); changed(state); where(host == "b" && service == "a"); stdout }
                                                                           -------------- FT110
pipeline "R" { under(12); where(metric < 12); under(12); stdout }
                                ----------- FT110
                                              --------- FT110
pipeline "S" { where(host == "a" || host == "a"); stdout }
                                    ----------- FT110
pipeline "T" { not_expired; where(!expired); where(check(host)); where(check(host)); stdout }
                                  -------- FT110
pipeline "U" { tagged_any(["a", "b"]); tagged_any(["a", "b"]); filter(|e| ok(e)); filter(|e| ok(e)); stdout }
                                       ---------------------- FT110
pipeline "V" { under(12); under(11); under(LIMIT); stdout }
"#,
    );
}

#[test]
fn keys_without_bound() {
    check(
        r#"
pipeline "P" { by(description) { rate(5); stdout } }
                  ----------- FT109
pipeline "Q" { by(host, time) { rate(5); stdout } by_value(|e| e.metric().as_f64().map(f64::to_bits)) { stdout } }
                        ---- FT109
pipeline "R" { by(description, idle = 5m) { stdout } by(metric, limit = 10) { stdout } by(metric % 10) { stdout } }
pipeline "S": Reading { by(time) { inspect(|_| ()) } }
pipeline "T" { map(|e| Reading::new(e)); by(metric) { inspect(|_| ()) } }
"#,
    );
}

#[test]
fn keys_mixed_again() {
    check(
        r#"
pipeline "P" { by(host) { rate(5) } changed(state); stdout }
                                    -------------- FT111
pipeline "Q" { by(host) { by(service) { rate(5) } runs(3, state); stdout } stdout }
                                                  -------------- FT111
pipeline "R" { by(host) { rate(5) } with(state = "x"); tee { { debounce(3s); stdout } } stdout }
                                                               ------------ FT111
pipeline "S" { by(host) { rate(5) } by(service) { changed(state) } throttle(3, 5s); where(metric > 3); mine::stage; rate(5); stdout }
pipeline "T" { changed(state); by(host) { rate(5); changed(state) } stdout }
pipeline "adds up" { by(host) { changed(state) } rate(5); by(host) { over(3) } counter; ewma(5s); moving_event_window(3); count; stdout }
pipeline "one series" { by(host) { rate(5) } fixed_time_window(5s); sum; above_for(100, 1m); changed(state); stdout }
pipeline "one key" { by(host) { over(5) } where(host == "a"); changed(state); stdout }
pipeline "one key of all" { by(host, service) { over(5) } with(host = "all"); runs(3, state); stdout }
pipeline "the key itself" { by(host) { over(5) } changed(host); stdout }
pipeline "a closure of it" { by_value(|e| e.host().map(str::len)) { over(5) } changed(host, state); stdout }
"#,
    );
}

#[test]
fn a_mistake_is_repaired_first() {
    check(
        r#"
pipeline "P" { where(metric > 5); where(metric < 3); under(1, 2); stdout }
                                                              ^ FT025
pipeline "Q" { where(metric > 5); where(metric < 3); stdout }
                                        ---------- FT108
pipeline "R" { where(metric = 5); where(metric == 4); stdout }
                            ^ FT047
"#,
    );
}

#[test]
fn lints_are_allowed_by_name() {
    check(
        r#"
#[allow(unreachable)] pipeline "P" { where(metric > 5); where(metric < 3); stdout }
#[allow(repeated_condition, no_effect)] pipeline "Q" { where(metric > 5); where(metric > 5) }
#[allow(unbounded_keys)] #[allow(mixed_keys)] pipeline "R" { by(time) { rate(5) } rate(5); stdout }
#[allow(no_effect)] pipeline "S" { where(metric > 5); where(metric > 5); tee { { under(30) } } }
                                                            ---------- FT110
#[allow(unreachabel)] pipeline "T" { stdout }
        ^^^^^^^^^^^ FT112
#[allow] pipeline "U" { stdout }
  ^^^^^ FT112
#[allow(dead_code, no_effect)] pipeline "V" { under(3) }
        ^^^^^^^^^ FT112
"#,
    );
}

#[test]
fn changes_of_all_hosts_as_one_series() {
    check(
        r#"
pipeline "P" { changed_state(init = "ok"); stable(60s, state); stdout }
                                           ------------------ FT111
pipeline "Q" { changed_state; tag("new"); throttle(1, 1m); rollup(5, 1h); stdout }
                                          --------------- FT111
pipeline "R" { changed_state { stable(60s, state); rollup(5, 1h) } stdout }
pipeline "S" { changed_state; where(state == "critical"); tag("new"); stdout }
pipeline "T" { by(host) { changed_state; stdout } throttle(1, 1m); changed_state; stdout }
pipeline "U" { changed_state; by(host, service) { stable(60s, state) } stdout }
pipeline "V" { by(service) { over(3) } changed_state { runs(2, state) } stdout }
pipeline "W" { changed_state { over(3) } changed(metric); stdout }
                                         --------------- FT111
#[allow(mixed_keys)]
pipeline "X" { changed_state; rollup(5, 1h); stdout }
"#,
    );
}

#[test]
fn ladders_that_judge_what_has_no_metric() {
    check(
        r#"
pipeline "P" { split { metric > 9 => with(state = "high"), _ => with(state = "low") } stdout }
                                                                ---- FT154
pipeline "Q" { split { metric > 9 => tag("x"), 5 < metric || metric < 1 => tag("y"), _ => { tag("z"); with(state = "low") } } stdout }
                                                                                          - FT154
"#,
    );
    for stages in [
        "split { metric > 9 => with(state = \"high\"), _ => tag(\"low\") }",
        "split { metric > 9 => with(state = \"high\"), _ => with(description = \"low\") }",
        "split { metric == None => expire, metric > 9 => with(state = \"high\"), _ => with(state = \"low\") }",
        "where(metric != None); split { metric > 9 => with(state = \"high\"), _ => with(state = \"low\") }",
        "within(0, 9); split { metric > 9 => with(state = \"high\"), _ => with(state = \"low\") }",
        "split { metric > 9 => with(state = \"high\"), tagged(\"x\") => stdout, _ => with(state = \"low\") }",
        "split { state == \"x\" => with(state = \"high\"), _ => with(state = \"low\") }",
        "fixed_time_window(5s); map(|w| w.len()); split { metric > 9 => with(state = \"high\"), _ => with(state = \"low\") }",
    ] {
        assert!(!said(stages).contains(&"FT154".to_owned()), "{stages}");
    }
}

#[test]
fn expired_events_that_are_asked_for_what_the_index_does_not_keep() {
    check(
        r#"
pipeline "P" { where(tagged("x")); expired; stdout }
                                   ------- FT155
pipeline "Q" { where(expired && attribute("k") == "v"); stdout }
                                --------------------- FT155
pipeline "R" { expired; where(service == "api"); by(host) { where(metric > 5) } stdout }
                                                                  ---------- FT155
"#,
    );
    for stages in [
        "where(tagged(\"x\") && !expired);",
        "where(tagged(\"x\")); not_expired;",
        "where(service =~ \"^api\" && host != None); expired;",
        "where(!tagged(\"x\") && metric == None); expired;",
        "expired; with(metric = 5, tags = [\"x\"]); where(metric > 3 && tagged(\"x\"));",
        "tee { { where(tagged(\"x\")); stdout } { expired; stdout } }",
        "where(tagged(\"x\") || expired);",
        "split { expired => tag(\"gone\"), tagged(\"x\") => tag(\"here\"), _ => tag(\"there\") }",
    ] {
        assert!(!said(stages).contains(&"FT155".to_owned()), "{stages}");
    }
}
