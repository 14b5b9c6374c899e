//! `graph`: the pipelines as a picture.

mod dot;
mod json;
mod mermaid;
pub(super) mod tree;

use std::process::ExitCode;

use fastts_core::Router;

use super::arguments::Format;
use super::output;
use tree::Drawn;

/// Draws the pipelines of a router; fails when one cannot be built, which then has no types.
pub(super) fn graph(router: &Router, format: Format) -> ExitCode {
    let pipelines = Drawn::all(router);
    let printed = output::print(&match format {
        Format::Mermaid => mermaid::draw(&pipelines),
        Format::Dot => dot::draw(&pipelines),
        Format::Json => json::draw(router, &pipelines),
    });
    if tell_broken(&pipelines) { ExitCode::FAILURE } else { printed }
}

/// Tells on stderr which pipelines cannot be built; returns true when there is one.
pub(super) fn tell_broken(pipelines: &[Drawn]) -> bool {
    let broken = pipelines.iter().filter(|drawn| !drawn.is_copy).filter_map(|drawn| Some((&drawn.name, drawn.broken.as_ref()?)));
    broken.map(|(name, reason)| output::fail(format!("pipeline {name:?} cannot be built: {reason}"))).count() > 0
}

#[cfg(test)]
mod tests {
    use fastts_core::{Event, Flow, Topic, router, stages};
    use serde_json::{Value, json};

    use super::*;

    fn shout<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        stages::publish(flow, Topic::<Event>::new("loud"))
    }

    router! {
        fn topics;
        pipeline "all" { by(host) { publish("high \x26 low") } shout; stdout }
        pipeline "some" from subscribe("high & low") { index }
        #[allow(silent_topic)]
        pipeline "loud" from subscribe("loud") { stdout }
        pipeline "indexed" from subscribe("index") { stdout }
    }

    router! {
        fn bounded;
        pipeline "orders" { publish("orders") }
        pipeline "mails" from subscribe("orders", demand = 50, partitions = 4, by = (host, service)) { stdout }
    }

    #[test]
    fn copies_are_drawn_once_with_what_divides_events_among_them() {
        let router = bounded();
        assert_eq!(router.pipelines().len(), 5);
        let drawn = Drawn::all(&router);
        let mermaid = mermaid::draw(&drawn);
        let wanted = "Event from &quot;orders&quot;, demand 50, 4 partitions by (host, service)";
        assert!(mermaid.contains(wanted) && !mermaid.contains("mails/"), "{mermaid}");
        let graph: Value = serde_json::from_str(&json::draw(&router, &drawn)).unwrap();
        let from = json!({ "topic": "orders", "demand": 50, "partitions": { "count": 4, "by": "(host, service)" } });
        assert_eq!(graph["pipelines"][1]["from"], from);
    }

    fn drawn() -> Vec<Drawn> {
        Drawn::all(&topics())
    }

    #[test]
    fn topics_are_dashed_arrows_from_what_publishes_to_who_subscribes() {
        let mermaid = mermaid::draw(&drawn());
        let arrows: Vec<&str> = mermaid.lines().map(str::trim).filter(|line| line.contains("-.->")).collect();
        assert_eq!(arrows, [r#"p0 -.->|"loud"| n7"#, r#"n2 -.->|"high &amp; low"| n5"#, r#"n6 -.->|"index"| n9"#], "{mermaid}");
        assert!(mermaid.contains(r#"n7(["Event from &quot;loud&quot;"])"#), "{mermaid}");
        let dot = dot::draw(&drawn());
        let arrows: Vec<&str> = dot.lines().map(str::trim).filter(|line| line.contains("dashed];")).collect();
        let wanted = [
            r#"n0 -> n7 [label="loud", style=dashed];"#,
            r#"n2 -> n5 [label="high & low", style=dashed];"#,
            r#"n6 -> n9 [label="index", style=dashed];"#,
        ];
        assert_eq!(arrows, wanted, "{dot}");
    }

    router! {
        fn grouped;
        pipeline "before" { stdout }
        #[rest_for_one(3, within = 1m)]
        group "outer" {
            group "first" { pipeline "one" { stdout } pipeline "two" { stdout } }
            #[one_for_all]
            group "second" { pipeline "three" { stdout } }
        }
        pipeline "behind" { stdout }
    }

    #[test]
    fn groups_are_drawn_around_their_members() {
        let router = grouped();
        let mermaid = mermaid::draw(&Drawn::all(&router));
        let lines: Vec<&str> = mermaid.lines().map(str::trim).filter(|line| line.starts_with("subgraph") || *line == "end").collect();
        let wanted = [
            "subgraph p0[\"before\"]",
            "end",
            "subgraph g0[\"outer (rest_for_one)\"]",
            "subgraph g1[\"first (one_for_one)\"]",
            "subgraph p1[\"one\"]",
            "end",
            "subgraph p2[\"two\"]",
            "end",
            "end",
            "subgraph g2[\"second (one_for_all)\"]",
            "subgraph p3[\"three\"]",
            "end",
            "end",
            "end",
            "subgraph p4[\"behind\"]",
            "end",
        ];
        assert_eq!(lines, wanted, "{mermaid}");
        let dot = dot::draw(&Drawn::all(&router));
        assert_eq!(dot.matches("subgraph cluster_group_").count(), 3, "{dot}");
        assert_eq!(dot.matches('{').count(), dot.matches('}').count(), "{dot}");
        let graph: Value = serde_json::from_str(&json::draw(&router, &Drawn::all(&router))).unwrap();
        assert_eq!(graph["groups"][0]["members"], json!([{ "group": "first" }, { "group": "second" }]));
        let second = json!({
            "name": "second",
            "description": "",
            "strategy": "one_for_all",
            "restarts": 3,
            "within": 5.0,
            "parent": "outer",
            "members": [{ "pipeline": "three" }],
        });
        assert_eq!(graph["groups"][2], second);
        assert_eq!(graph["groups"][0]["within"], 60.0);
    }

    #[test]
    fn topics_are_told_to_programs() {
        let graph: Value = serde_json::from_str(&json::draw(&topics(), &drawn())).unwrap();
        assert_eq!(graph["pipelines"][0]["publishes"], json!(["high & low", "loud"]));
        assert_eq!(graph["pipelines"][0]["stages"][0]["stages"][0]["topic"], "high & low");
        assert_eq!(graph["pipelines"][1]["from"], json!({ "topic": "high & low" }));
        assert_eq!(graph["pipelines"][0].get("from"), None);
    }
}
