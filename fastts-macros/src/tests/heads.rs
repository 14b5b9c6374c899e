//! Which heads are read off which conditions.

use super::harness::expansion;

/// The heads of a pipeline, and whether its first stage is told that they are all it asks.
fn heads(stages: &str) -> (String, bool) {
    let expanded = expansion(&format!("let limit = 5; let host = \"x\"; pipeline \"P\" {{ {stages} }}"));
    let squeezed: String = expanded.split_whitespace().collect();
    let Some((_, heads)) = squeezed.split_once(".with_heads(&[") else { return (String::new(), squeezed.contains(".as_head()")) };
    let heads = heads.split_once("],)").or_else(|| heads.split_once("])")).expect("they end").0;
    let heads = heads.replace("__fastts::Head::", "").replace("__fastts::TextTest::", "").replace(",)", ")");
    (heads.trim_end_matches(',').to_owned(), squeezed.contains(".as_head()"))
}

/// What stands before a question of the user's code must not be skipped; what stands behind it need not be looked at.
#[test]
fn heads_are_read_as_far_as_nothing_of_the_users_runs() {
    let rows = [
        // one condition
        (r#"where(service == "a")"#, r#"Service(Equals("a"))"#),
        (r##"where(r#"a"# == service)"##, r#"Service(Equals("a"))"#),
        (r#"where((state == "a"))"#, r#"State(Equals("a"))"#),
        (r#"where(service =~ "^a")"#, r#"Service(StartsWith("a"))"#),
        (r#"where(service =~ "a$")"#, r#"Service(EndsWith("a"))"#),
        (r#"where(description =~ "a")"#, r#"Description(Contains("a"))"#),
        (r#"where(service =~ "^a$")"#, r#"Service(Equals("a"))"#),
        (r#"where(service =~ "a.b")"#, r#"Service(Matches("a.b"))"#),
        (r#"where(tagged("a"))"#, r#"Tagged("a")"#),
        (r#"where(tagged_any(["a", "b"]))"#, r#"Tagged("a"),Tagged("b")"#),
        (r#"where(tagged_all(["a", "b"]))"#, r#"Tagged("a")"#),
        (r#"tagged_any(["a", "b"])"#, r#"Tagged("a"),Tagged("b")"#),
        (r#"tagged_all("a")"#, r#"Tagged("a")"#),
        // nothing to read
        (r#"where(service != "a")"#, ""),
        (r#"where(!(service == "a"))"#, ""),
        (r#"where(service == NAME)"#, ""),
        (r#"where(service == None)"#, ""),
        (r#"where(service == state)"#, ""),
        (r#"where(metric > 5)"#, ""),
        (r#"where(tagged(NAME))"#, ""),
        (r#"where(tagged_any([]))"#, ""),
        (r#"where(service.trim() == "a")"#, ""),
        (r#"where(attribute("service") == "a")"#, ""),
        // a `let` hides a field
        (r#"where(host == "a")"#, ""),
        (r#"where(host == "a" && service == "b")"#, r#"Service(Equals("b"))"#),
        // the best of what has to hold
        (r#"where(service =~ "a.b" && metric > limit && service == "c")"#, r#"Service(Equals("c"))"#),
        (r#"where(state == "ok" && service =~ "^a")"#, r#"Service(StartsWith("a"))"#),
        (r#"where(tagged("a")); where(service == "b")"#, r#"Service(Equals("b"))"#),
        (r#"where(service == "a"); where(state == "b")"#, r#"Service(Equals("a"))"#),
        (r#"where((service == "a" || service == "b") && service == "c")"#, r#"Service(Equals("c"))"#),
        // all of what may hold
        (r#"where(service == "a" || tagged("b"))"#, r#"Service(Equals("a")),Tagged("b")"#),
        (r#"where(service == "a" || metric > 5)"#, ""),
        (r#"where((service == "a" && f(host)) || state == "b")"#, r#"Service(Equals("a")),State(Equals("b"))"#),
        // what is pure before it
        (r#"under(5); over(limit); within(1, 2); not_expired; where(service == "a")"#, r#"Service(Equals("a"))"#),
        (r#"where(metric > LIMIT && !expired && -ttl < 5 && service == "a")"#, r#"Service(Equals("a"))"#),
        (r#"where(metric * 2 + 1 > mine::LIMIT && &state != "x" && service == "a")"#, r#"Service(Equals("a"))"#),
        // what is not
        (r#"where(f(metric) && service == "a")"#, ""),
        (r#"where(service == "a" && f(metric))"#, r#"Service(Equals("a"))"#),
        (r#"where(service == "a" && f(metric)); where(service == "b")"#, r#"Service(Equals("a"))"#),
        (r#"where(f(metric)); where(service == "a")"#, ""),
        (r#"where({ true } && service == "a")"#, ""),
        (r#"where(vec![1].len() > 0 && service == "a")"#, ""),
        (r#"where(state.len() > 0 && service == "a")"#, ""),
        (r#"where(tagged(name()) && service == "a")"#, ""),
        (r#"where(f(metric) || service == "a")"#, ""),
        (r#"where(state =~ "(a{99}){99}" && service == "a")"#, r#"State(Matches("(a{99}){99}"))"#),
        (r#"filter(|e| f(e)); where(service == "a")"#, ""),
        (r#"with(service = "a"); where(service == "a")"#, ""),
        (r#"inspect(f); where(service == "a")"#, ""),
        (r#"mine; where(service == "a")"#, ""),
        (r#"by(service) { where(service == "a") }"#, ""),
        (r#"tee { { where(service == "a") } }"#, ""),
        // arms
        (r#"split { service == "a" => tag("x"), state == "b" && f(host) => stdout }"#, r#"Service(Equals("a")),State(Equals("b"))"#),
        (r#"split { service == "a" => tag("x"), metric > 5 => stdout }"#, ""),
        (r#"split { service == "a" => tag("x"), _ => stdout }"#, ""),
        (r#"where(service =~ "^a"); split { host == "a" => tag("x") }"#, r#"Service(StartsWith("a"))"#),
    ];
    for (stages, expected) in rows {
        assert_eq!(heads(&format!("{stages}; stdout")).0, expected, "{stages}");
    }
}

#[test]
fn only_a_first_stage_of_patterns_is_not_asked_again() {
    for (stages, expected) in [
        (r#"where(service =~ "a.b")"#, true),
        (r#"where(service =~ "a.b" || (state =~ "^c"))"#, true),
        (r#"where(service =~ "^a")"#, false),
        (r#"where(service =~ "a.b" || state =~ "^c$")"#, false),
        (r#"where(service =~ "a.b" && metric > 5)"#, false),
        (r#"where(service =~ "a.b" || tagged("x"))"#, false),
        (r#"where(host =~ "a.b")"#, false),
        (r#"where(service =~ "a.b"); where(state =~ "^c")"#, false),
        (r#"where(service =~ "a.b"); where(state =~ "c")"#, true),
        (r#"under(5); where(service =~ "a.b")"#, false),
        (r#"split { service =~ "a.b" => stdout }"#, false),
    ] {
        assert_eq!(heads(&format!("{stages}; stdout")).1, expected, "{stages}");
    }
}
