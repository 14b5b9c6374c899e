//! `why` and `graph`: this program runs itself as a router.

#![allow(clippy::unwrap_used, reason = "clippy does not see that the helpers are tests too")]

mod language;
mod nested;
mod router;

use std::process::ExitCode;

use fastts_testkit::program::Program;
use insta::assert_snapshot;
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    match std::env::var("FASTTS_TEST_ROUTER").as_deref() {
        Ok("shop") => fastts_server::run(router::shop),
        Ok("language") => fastts_server::run(language::language),
        Ok("nested") => fastts_server::run(nested::nested),
        Ok("half broken") => fastts_server::run(router::half_broken),
        Ok(other) => panic!("there is no router {other}"),
        Err(_) => libtest_mimic::run(&Arguments::from_args(), trials()).exit_code(),
    }
}

fn trials() -> Vec<Trial> {
    macro_rules! trials {
        ($($name:ident)*) => { vec![$(Trial::test(stringify!($name), || { $name(); Ok(()) })),*] };
    }
    trials! {
        why_tells_what_stops_an_event
        why_tells_what_lets_it_through
        why_tells_what_happens_to_several_items
        why_sees_into_blocks_and_functions
        why_sees_through_fragments
        why_tells_of_panics
        why_has_colours_where_they_are_wanted
        why_answers_programs
        why_goes_on_from_line_to_line
        why_tells_what_cannot_be_built
        why_says_what_is_wrong_with_an_event
        graphs_show_types_conditions_and_places
        graphs_show_blocks_and_functions
        graphs_show_fragments
        a_graph_tells_what_cannot_be_built
    }
}

/// Asks about an event and returns the answer.
fn why(event: &str) -> String {
    let ended = Program::new("shop", &["why", event]).run();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""), "{}", ended.stdout);
    ended.stdout
}

fn why_tells_what_stops_an_event() {
    assert_snapshot!("stops", why(r#"{"time":1000000000,"host":"web2","service":"api","state":"ok","metric":1}"#));
}

fn why_tells_what_lets_it_through() {
    assert_snapshot!("through", why(r#"{"time":1000000000,"host":"web1","service":"api in","tags":["prod"],"metric":3}"#));
}

fn why_tells_what_happens_to_several_items() {
    assert_snapshot!("several", why(r#"{"time":1000000000,"tags":["x","y","z"],"metric":2,"attributes":{"force":"yes"}}"#));
}

fn why_sees_into_blocks_and_functions() {
    for (name, event) in [
        ("nested_member", r#"{"time":1000000000,"host":"web1","service":"api","state":"ok","metric":150}"#),
        ("nested_stops", r#"{"time":1000000000,"host":"web1","service":"db","state":"bad","metric":3}"#),
    ] {
        let ended = Program::new("nested", &["why", event]).run();
        assert_eq!((ended.status, &ended.stderr[..]), (0, ""), "{}", ended.stdout);
        assert_snapshot!(name, ended.stdout);
    }
    // A second event of the host within the minute.
    let event = r#"{"time":1000000000,"host":"web1","metric":1}"#;
    let lines = Program::new("nested", &["why", "-"]).stdin(&format!("{event}\n{event}")).run().stdout;
    assert_snapshot!("nested_twice", lines.rsplit_once("\nevent ").unwrap().1);
}

fn why_sees_through_fragments() {
    for (name, event) in [
        ("language_first", r#"{"time":1000000000,"host":"web1","state":"ok","metric":1}"#),
        ("language_second", r#"{"time":1000000000,"host":"web1","service":"api","state":"bad","metric":3}"#),
    ] {
        let ended = Program::new("language", &["why", event]).run();
        assert_eq!((ended.status, &ended.stderr[..]), (0, ""), "{}", ended.stdout);
        assert_snapshot!(name, ended.stdout);
    }
}

fn why_tells_of_panics() {
    assert_snapshot!("panics", why(r#"{"time":1000000000,"metric":7}"#));
}

fn why_has_colours_where_they_are_wanted() {
    let event = r#"{"time":1000000000,"service":"api","metric":1}"#;
    let coloured = Program::new("shop", &["why", event]).env("CLICOLOR_FORCE", "1").run().stdout;
    assert!(coloured.contains("\u{1b}[31mstops"), "{coloured}");
    assert!(coloured.contains("service is \"api\", metric is 1\n"), "values are plain: {coloured}");
    assert!(!why(event).contains('\u{1b}'));
    let refused = Program::new("shop", &["why", event]).env("NO_COLOR", "1").run().stdout;
    assert!(!refused.contains('\u{1b}'));
}

fn why_answers_programs() {
    let event = r#"{"time":1000000000,"host":"web1","service":"api","metric":3}"#;
    let ended = Program::new("shop", &["why", event, "--format", "json"]).run();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_snapshot!("json", ended.stdout);
}

fn why_goes_on_from_line_to_line() {
    // The second has no news, and the third comes when the rate of the first is due.
    let lines = [1_000_000_000, 1_000_000_001, 1_000_000_006]
        .map(|time| format!(r#"{{"time":{time},"host":"a","service":"api","state":"ok","metric":1}}"#));
    let ended = Program::new("shop", &["why", "-", "--format", "json"]).stdin(&format!("{}\n\n{}\n{}", lines[0], lines[1], lines[2])).run();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
    let verdicts: Vec<String> = ended
        .stdout
        .lines()
        .map(|line| {
            let answer: serde_json::Value = serde_json::from_str(line).unwrap();
            let stages = &answer["pipelines"][1]["stages"];
            format!("{} {}", stages[2]["verdict"].as_str().unwrap(), stages[3]["verdict"].as_str().unwrap())
        })
        .collect();
    assert_eq!(verdicts, ["passes held", "stops not reached", "stops not reached"]);
    let text = Program::new("shop", &["why", "-"]).stdin(&lines.join("\n")).run().stdout;
    assert_eq!(text.matches("\nevent ").count(), 2, "nothing but answers is printed: {text}");
}

fn why_tells_what_cannot_be_built() {
    let ended = Program::new("half broken", &["why", r#"{"metric":1}"#]).run();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(ended.stdout.contains("broken: cannot be built: no colours left at "), "{}", ended.stdout);
    assert!(ended.stdout.contains("fine: goes through to the end"), "{}", ended.stdout);
}

fn why_says_what_is_wrong_with_an_event() {
    for (event, said) in [
        (r#"{"metric":}"#, "error: this is no event: expected value at column 11, behind `{\"metric\":}`\nwrite one as a JSON object"),
        (r#"{"metric":"x"}"#, "behind `{\"metric\":\"x\"`"),
        ("service=api", "this is no event: expected value at column 1, behind `s`"),
        ("", "this is no event: EOF while parsing a value at column 0\nwrite one"),
        ("[]", "an event as an object"),
    ] {
        let ended = Program::new("shop", &["why", event]).run();
        assert_eq!((ended.status, &ended.stdout[..]), (2, ""), "{event}");
        assert!(ended.stderr.contains(said), "{said} is not in {}", ended.stderr);
    }
    let ended = Program::new("shop", &["why", "-"]).stdin("{\"metric\":1}\nnonsense\n").run();
    assert_eq!(ended.status, 2);
    assert!(ended.stderr.starts_with("error: line 2: this is no event: "), "{}", ended.stderr);
    let ended = Program::new("shop", &["why", "-"]).stdin("{\"time\":1}\n{\"time\":\"9999-01-01T00:00:00Z\"}\n").run();
    assert_eq!(ended.status, 2);
    assert!(
        ended.stderr.contains("error: line 2: its time, 9999-01-01T00:00:00Z, is more than 366 days after 1970-01-01T00:00:01Z"),
        "{}",
        ended.stderr
    );
}

fn graphs_show_types_conditions_and_places() {
    for format in ["mermaid", "dot", "json"] {
        let ended = Program::new("shop", &["graph", "--format", format]).run();
        assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
        assert_snapshot!(format!("graph_{format}"), ended.stdout);
    }
}

/// Cuts off what `check` adds up of the memory, which is another sum on each machine.
fn without_memory(shown: &str) -> &str {
    shown.split_once("Memory that clients").map_or(shown, |(before, _)| before)
}

fn graphs_show_blocks_and_functions() {
    for arguments in [&["graph"][..], &["graph", "--format", "dot"], &["check"]] {
        let ended = Program::new("nested", arguments).run();
        assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
        assert_snapshot!(format!("nested_{}", arguments[arguments.len() - 1]), without_memory(&ended.stdout));
    }
}

fn graphs_show_fragments() {
    for arguments in [&["graph"][..], &["graph", "--format", "dot"], &["check"]] {
        let ended = Program::new("language", arguments).run();
        assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
        assert_snapshot!(format!("language_{}", arguments[arguments.len() - 1]), without_memory(&ended.stdout));
    }
}

fn a_graph_tells_what_cannot_be_built() {
    let ended = Program::new("half broken", &["graph"]).run();
    assert_eq!(ended.status, 1);
    assert!(ended.stderr.contains("error: pipeline \"broken\" cannot be built: no colours left at "), "{}", ended.stderr);
    for part in ["under(5)", "\"broken\"", "\"fine\""] {
        assert!(ended.stdout.contains(part), "{part} is not in {}", ended.stdout);
    }
}
