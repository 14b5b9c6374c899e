//! Where an index has to look.

use fastts_core::query::Access;

use crate::events::parse;

#[track_caller]
fn check(rows: &[(&str, Access<'_>)]) {
    for (query, expected) in rows {
        assert_eq!(parse(query).access(), *expected, "{query}");
    }
}

fn one(host: &'static str, service: &'static str) -> Access<'static> {
    Access::One { host: Some(host), service: Some(service) }
}

#[test]
fn a_host_and_a_service_are_one_entry() {
    check(&[
        (r#"host = "a" and service = "b""#, one("a", "b")),
        (r#""b" = service and metric > 1 and host = "a""#, one("a", "b")),
        (r#"(host = "a" and metric > 1) and (tagged "x" and service = "b")"#, one("a", "b")),
        (r#"host = nil and service = "b""#, Access::One { host: None, service: Some("b") }),
        (r#"not (host != "a" or service != "b")"#, one("a", "b")),
        (r#"host = "a" and host =~ "a%" and service = "b""#, one("a", "b")),
    ]);
}

#[test]
fn less_is_known_of_others() {
    check(&[
        (r#"host = "a""#, Access::Host("a")),
        (r#"service = "a" and state = "b""#, Access::Service("a")),
        (r#"tagged "a" and metric > 1"#, Access::Tag("a")),
        (r#"tagged "a" and service =~ "b%""#, Access::Tag("a")),
        (r#"tagged "a" and service = "b""#, Access::Service("b")),
        (r#"service =~ "api%x%""#, Access::ServicePrefix("api")),
        (r#"service =~ "api""#, Access::ServicePrefix("api")),
        (r#"host =~ "ap%" and host =~ "api%""#, Access::HostPrefix("api")),
        (r#"host ~= "^web1?[0-9]""#, Access::HostPrefix("web")),
        (r#"host ~= "^web\\d""#, Access::HostPrefix("web")),
        (r#"host ~= "^ab{0}""#, Access::HostPrefix("a")),
        (r#"host ~= "^a|b""#, Access::All),
        (r#"host ~= "web""#, Access::All),
        (r#"host =~ "%web""#, Access::All),
        (r#"host = service"#, Access::All),
        (r#"dc = "eu""#, Access::All),
        ("host = nil", Access::All),
        ("true", Access::All),
    ]);
}

#[test]
fn either_side_of_or_is_looked_up() {
    check(&[
        (r#"host = "a" or host = "b""#, Access::Any(vec![Access::Host("a"), Access::Host("b")])),
        (r#"host = "a" or tagged "b""#, Access::Any(vec![Access::Host("a"), Access::Tag("b")])),
        (r#"host = "a" or host = "a" and metric > 1"#, Access::Host("a")),
        (r#"(host = "a" or host = "b") and service = "c""#, Access::Any(vec![one("a", "c"), one("b", "c")])),
        (r#"host = "a" or metric > 1"#, Access::All),
        (r#"(host = "a" or metric > 1) and service = "b""#, Access::Service("b")),
        (r#"host = "a" or false"#, Access::Host("a")),
        (r#"not (host != "a" and host != "b")"#, Access::Any(vec![Access::Host("a"), Access::Host("b")])),
    ]);
}

#[test]
fn not_is_nowhere_in_particular() {
    check(&[
        (r#"not host = "a""#, Access::All),
        (r#"host != "a""#, Access::All),
        (r#"not tagged "a""#, Access::All),
        (r#"not not host = "a""#, Access::Host("a")),
    ]);
}

#[test]
fn what_contradicts_itself_is_nowhere() {
    for query in [
        "false",
        "nil",
        "not true",
        "1 > 2",
        r#"host = "a" and host = "b""#,
        r#"host = "a" and host = nil"#,
        r#"host = "a" and host =~ "b%""#,
        r#"host =~ "a%" and host =~ "b%""#,
        r#"host = "a" and false"#,
        "host = 5",
        "service = true",
        r#""a" =~ "b%" or "a" ~= "b""#,
        r#"not (true or host = "a")"#,
    ] {
        assert_eq!(parse(query).access(), Access::Nothing, "{query}");
    }
}

#[test]
fn many_look_ups_are_not_multiplied_out() {
    let hosts = |count: usize| (0..count).map(|n| format!("host = \"{n}\"")).collect::<Vec<_>>().join(" or ");
    let services = |count: usize| (0..count).map(|n| format!("service = \"{n}\"")).collect::<Vec<_>>().join(" or ");
    let query = parse(&format!("({}) and ({})", hosts(100), services(20)));
    let Access::Any(found) = query.access() else { panic!("{:?}", query.access()) };
    assert!(found.len() == 100 && found.iter().all(|access| matches!(access, Access::Host(_))), "{found:?}");
    let query = parse(&hosts(257));
    assert_eq!(query.access(), Access::All);
}
