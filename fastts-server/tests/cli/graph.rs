//! `graph`.

use fastts_testkit::program::{Program, file};

pub(super) fn shows_stages_types_and_conditions() {
    let mermaid = Program::new("shaped", &["graph"]).run().stdout;
    for part in [
        "subgraph p0[\"shapes\"]",
        "n1{{\"split<br/><small>Event, fastts-server/tests/cli/routers.rs:",
        "n1 -->|\"metric &gt; 10\"| n2",
        "n3[\"with(state = &quot;bad&quot;)<br/>",
        "n1 -->|\"_\"| n4",
        "subgraph n6_block[\"for each by(host)\"]",
        "|\"f64\"|",
    ] {
        assert!(mermaid.contains(part), "{part} is not in\n{mermaid}");
    }
    let dot = Program::new("shaped", &["graph", "--format", "dot"]).run().stdout;
    for part in [
        "digraph router {",
        "label=\"shapes\"",
        "[label=\"metric > 10\"]",
        "label=\"with(state = \\\"bad\\\")\\nEvent, ",
        "[label=\"f64\"]",
    ] {
        assert!(dot.contains(part), "{part} is not in\n{dot}");
    }
    assert_eq!(dot.matches('{').count(), dot.matches('}').count());
    let json: serde_json::Value = serde_json::from_str(&Program::new("shaped", &["graph", "--format", "json"]).run().stdout).unwrap();
    let pipeline = &json["pipelines"][0];
    assert_eq!((&pipeline["name"], &pipeline["item"]), (&"shapes".into(), &"Event".into()));
    let stages = pipeline["stages"].as_array().unwrap();
    let names: Vec<_> = stages.iter().map(|stage| stage["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["split", "tee", "map", "stdout"]);
    assert_eq!(stages[0]["stages"][0]["text"], "metric > 10");
    assert_eq!((&stages[2]["item"], &stages[3]["item"]), (&"Event".into(), &"f64".into()));
}

pub(super) fn shows_sinks_of_the_server() {
    let json: serde_json::Value = serde_json::from_str(&Program::new("forwarding", &["graph", "--format", "json"]).run().stdout).unwrap();
    let stages = &json["pipelines"][0]["stages"];
    let names: Vec<_> = stages.as_array().unwrap().iter().map(|stage| stage["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["by", "where", "forward"]);
    assert_eq!((&stages[2]["item"], &stages[0]["stages"][0]["name"]), (&"Event".into(), &"forward".into()), "{stages}");
    let checked = Program::new("forwarding", &["check"]).run();
    assert_eq!(checked.status, 0, "{}", checked.stderr);
}

pub(super) fn shows_what_events_are_picked_by_and_it_can_be_turned_off() {
    let graph = |format| Program::new("headed", &["graph", "--format", format]).run().stdout;
    let mermaid = graph("mermaid");
    assert!(mermaid.contains("([\"Event: service == &quot;api&quot; or tagged &quot;x&quot;\"])"), "{mermaid}");
    let dot = graph("dot");
    assert!(dot.contains(r#"[label="Event: service == \"api\" or tagged \"x\"", shape=ellipse]"#), "{dot}");
    let json: serde_json::Value = serde_json::from_str(&graph("json")).unwrap();
    assert_eq!(json["pipelines"][0]["heads"], serde_json::json!(["service == \"api\"", "tagged \"x\""]));

    let lines = [r#"{"service":"api"}"#, r#"{"service":"db"}"#, r#"{"host":"a","tags":["x"]}"#];
    let path = file("headed.jsonl", &lines);
    let replayed = |arguments: &[&str]| Program::new("headed", &[&["replay", &path], arguments].concat()).run();
    let (with, without) = (replayed(&[]), replayed(&["--no-dispatch"]));
    assert_eq!((with.status, &with.stdout), (0, &without.stdout));
    assert_eq!(with.stdout.lines().count(), 2);
}
